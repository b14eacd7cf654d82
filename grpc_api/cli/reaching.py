"""The options of all commands that call a server: who calls, and how the connection is secured.

Owns these options; must not know what is asked.
"""

import argparse
import os
from pathlib import Path
from typing import Final

from grpc_api.client import Target

#: Where a token is looked for when no file is named; never on the command line, which others may read.
TOKEN: Final = "HUNTGROUP_TOKEN"


def add_reaching(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = f"A token is read from --token-file or from the environment variable {TOKEN}."
    parser.add_argument("--token-file", metavar="FILE", help="holds the token to come in with")
    parser.add_argument(
        "--tls",
        action="store_true",
        help="connect by TLS, to a publicly signed certificate; --ca and --certificate connect by TLS as well",
    )
    parser.add_argument("--ca", metavar="FILE", help="who signs the server's certificate (PEM)")
    parser.add_argument("--certificate", metavar="FILE", help="the client's own")
    parser.add_argument("--key", metavar="FILE", help="the key of the client's certificate")


def target_of(address: str, options: argparse.Namespace) -> Target:
    """Give the server at an address, reached as the options say."""
    file = options.token_file
    token = Path(file).read_text(encoding="utf-8") if file else os.environ.get(TOKEN, "")
    return Target(address, token.strip(), options.tls, options.ca, options.certificate, options.key)
