"""What Kamailio does with a call: it parks the caller, asks, rings who is named, and tells what came of it.

An INVITE is suspended (``evapi.async_relay``) and told to the sidecar, whose commands resume it (``tmx.t_continue``)
with the addresses to ring, a treatment or a final reply. All other news goes by ``evapi.relay``, which waits for
nobody. A table in shared memory holds each call, so that a sidecar that comes back is told them all.

Runs inside Kamailio (app_python3, on the system's Python, standard library alone), one copy in each of its processes.
Owns the SIP side of a call; must not know gRPC, queues or skills.
"""

import json
import time
from typing import Final

import KSR

#: The module "async", a word that Python keeps for itself.
TASKS: Final = getattr(KSR, "async")
#: One place in the table of calls, for as long as the caller is here.
CALL: Final = "calls"
#: When the sidecar was last heard of, and that it is connected.
LINK: Final = "link"
_PROVISIONAL: Final = range(180, 190)
_BREATH_S: Final = 3  # that a sidecar may be silent: it speaks every second
_BATCH: Final = 20  # calls in one message of the list; a message stays below 32 kB


def text(name: str) -> str:
    """Value of a pseudo-variable, empty where there is none: strings of KEMI are not expanded."""
    value = KSR.pv.get(name)
    return "" if value is None else str(value)


def number(name: str) -> int:
    """Value of a pseudo-variable that is a number, 0 where there is none."""
    digits = text(name)
    return int(digits) if digits.lstrip("-").isdigit() else 0


def dumps(event: dict[str, object]) -> str:
    """Compact JSON in ASCII: KEMI counts characters, evapi counts bytes, and so they agree."""
    return json.dumps(event, separators=(",", ":"))


def tell(event: dict[str, object]) -> None:
    """Tell the sidecar and do not wait."""
    KSR.evapi.relay(dumps(event))


def rpc(method: str, *params: object) -> None:
    """Call one of Kamailio's own procedures.

    ``tmx.t_reply_callid`` and ``tmx.t_cancel_callid`` would do the same, but keep a reference to the transaction for
    ever (5.6: some 20 kB of shared memory each time).
    """
    KSR.jsonrpcs.exec(dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))


def remember(call: str, state: str, **more: object) -> None:
    """Write down where a call is."""
    KSR.htable.sht_sets(CALL, call, dumps({"state": state, "at": int(time.time()), **more}))


def forget(call: str) -> None:
    """Strike a call out."""
    KSR.htable.sht_rm(CALL, call)


def recall(call: str) -> dict[str, object]:
    """What was written down of a call; empty: nothing."""
    value = KSR.htable.sht_get(CALL, call)
    known: dict[str, object] = json.loads(value) if value else {}
    return known


def silence_s() -> int:
    """For how many seconds nothing was heard of the sidecar."""
    heard = KSR.htable.sht_get(LINK, "heard")
    return int(time.time()) - int(heard) if heard else 1_000_000


class Router:
    """Kamailio's entry points; it calls them by name."""

    def __init__(self) -> None:
        self.command: dict[str, object] = {}  # the one being carried out in this process
        self.settings: dict[str, str] = {}

    def child_init(self, _rank: int) -> int:
        """Start of one process; nothing is opened before the fork that the children would share."""
        return 0

    def setting(self, name: str) -> str:
        """Give a value of kamailio.cfg, read once in each process."""
        if name not in self.settings:
            self.settings[name] = text(f"$def({name})")
        return self.settings[name]

    # --- Requests

    def ksr_request_route(self, _msg: object) -> int:
        """Every request comes in here."""
        if KSR.maxfwd.process_maxfwd(10) < 0:
            KSR.sl.send_reply(483, "Too Many Hops")
            return 1
        if KSR.sanity.sanity_check(17895, 7) < 0:
            return 1
        method = text("$rm")
        if method == "CANCEL":
            return self.cancel()
        if text("$tt"):
            return self.within_dialog(method)
        if method == "ACK":
            if KSR.tm.t_check_trans() > 0:
                KSR.tm.t_relay()
            return 1
        if method == "OPTIONS":
            KSR.sl.send_reply(200, "OK")
            return 1
        if method != "INVITE":
            KSR.hdr.append_to_reply("Allow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\n")
            KSR.sl.send_reply(405, "Method Not Allowed")
            return 1
        # A retransmission ends here: it is answered with what was sent last.
        if KSR.tmx.t_precheck_trans() > 0:
            KSR.tm.t_check_trans()
            return 1
        KSR.tm.t_check_trans()
        return self.invite()

    def invite(self) -> int:
        """A caller: park the call and ask."""
        call = text("$ci")
        if KSR.tm.t_newtran() < 0:
            KSR.sl.send_reply(500, "No Transaction")
            return 1
        KSR.rr.record_route()
        KSR.dialog.dlg_manage()
        if silence_s() > int(self.setting("AWAY_NEW")):
            KSR.info(f"no sidecar: {call} falls back\n")
            return self.fall_back(call)
        return self.park("invite", new=True)

    def park(self, event: str, new: bool = False, code: int = 0) -> int:
        """Suspend the transaction and tell the sidecar; in the failure route after devices have failed, too."""
        call = text("$ci")
        told: dict[str, object] = {
            "event": event,
            "call": call,
            "cseq": text("$cs"),
            "index": number("$T(id_index)"),
            "label": number("$T(id_label)"),
            "caller": text("$fU"),
            "endpoint": text("$fu"),
            "called": text("$oU"),
        }
        if code:
            told["code"] = code
        remember(call, "new" if new else "parked", **{k: told[k] for k in _KEPT})
        # Without an answer the timer of the parked branch fires and the failure route falls back.
        KSR.tm.t_set_fr(int(self.setting("WAIT_MS")), int(self.setting("WAIT_MS")))
        KSR.tm.t_on_failure("ksr_failure")
        if KSR.evapi.async_relay(dumps(told)) < 0:
            # All branches of the transaction are used up, or memory is.
            KSR.err(f"cannot park {call}\n")
            tell({"event": "cancelled", "call": call})
            return self.fall_back(call)
        return 1

    def cancel(self) -> int:
        """The caller gave up; tm itself answers 487, parked or ringing."""
        call = text("$ci")
        if KSR.tm.t_check_trans() > 0:
            forget(call)
            tell({"event": "cancelled", "call": call})
            KSR.tm.t_relay()
        else:
            KSR.sl.send_reply(481, "Call/Transaction Does Not Exist")
        return 1

    def within_dialog(self, method: str) -> int:
        """Requests of a call that was set up."""
        if KSR.rr.loose_route() < 0 and method != "ACK":
            KSR.sl.send_reply(404, "Not Here")
            return 1
        if method == "ACK":
            KSR.tm.t_relay()
            return 1
        if KSR.tmx.t_precheck_trans() > 0:
            KSR.tm.t_check_trans()
            return 1
        KSR.tm.t_check_trans()
        if method == "BYE":
            call = text("$ci")
            forget(call)
            # BYEs of both ends may cross: reports are idempotent, so both are told.
            tell({"event": "bye", "call": call})
        if KSR.tm.t_relay() < 0:
            KSR.sl.sl_reply_error()
        return 1

    # --- Replies and failures of the devices rung

    def ksr_branch(self, _msg: object) -> int:
        """A device is about to be rung: note whose it is beside the branch."""
        legs = self.command.get("legs")
        uri = text("$ru")
        for leg in legs if isinstance(legs, list) else ():
            if leg["uri"] == uri:
                KSR.pv.sets(f"$avp(leg{KSR.tm.t_get_branch_index()})", f"{leg['offer']} {leg['agent']}")
        return 1

    def leg(self) -> tuple[int, str]:
        """Offer and agent of the branch that speaks; (0, "") for a treatment."""
        offer, _, agent = text(f"$avp(leg{KSR.tm.t_get_branch_index()})").partition(" ")
        return (int(offer), agent) if offer else (0, "")

    def ksr_reply(self, _msg: object) -> int:
        """A device has replied."""
        code = number("$rs")
        if code >= 300 or code < _PROVISIONAL.start:
            return 1
        offer, agent = self.leg()
        call = text("$ci")
        if not offer:
            return 1
        if code in _PROVISIONAL:
            # Devices repeat it; the sidecar reports the first.
            tell({"event": "ringing", "call": call, "offer": offer, "agent": agent})
            return 1
        known = recall(call)
        repeated = known.get("state") == "talking"
        if not repeated:
            remember(call, "talking", agent=agent, offer=offer, tags=[text("$ft"), text("$tt")])
            tell(
                {
                    "event": "answered",
                    "call": call,
                    "offer": offer,
                    "agent": agent,
                    "tags": [text("$ft"), text("$tt")],
                }
            )
        return 1

    def ksr_leg_failed(self, _msg: object) -> int:
        """One device has failed: it refused, was busy, or never answered."""
        offer, agent = self.leg()
        if offer:
            tell(
                {
                    "event": "failed",
                    "call": text("$ci"),
                    "offer": offer,
                    "agent": agent,
                    "code": number("$T_reply_code"),
                    # Our own time-out of a device that has never said anything: it is out of reach.
                    "silent": KSR.tm.t_branch_timeout() > 0 and KSR.tm.t_branch_replied() < 0,
                }
            )
        return 1

    def ksr_failure(self, _msg: object) -> int:
        """All devices have failed, or the timer of a parked call has fired: park again, or give up."""
        call = text("$ci")
        if KSR.tm.t_is_canceled() > 0:
            forget(call)
            return 1
        state = recall(call).get("state")
        if state == "ringing":
            return self.park("parked", code=number("$T_reply_code"))
        if state in ("new", "parked"):
            tell({"event": "cancelled", "call": call})
            return self.fall_back(call)
        return 1

    def ksr_treatment_failed(self, _msg: object) -> int:
        """Nobody took the treatment or the fall-back: the failure goes to the caller as it is."""
        forget(text("$ci"))
        return 1

    def ksr_onsend_route(self, _msg: object) -> int:
        """Nothing to do, but Kamailio calls it for every message sent and complains where it is missing."""
        return 1

    def ksr_reply_route(self, _msg: object) -> int:
        """Nothing to do, but Kamailio calls it for every reply and complains where it is missing."""
        return 1

    # --- What the sidecar says

    def ksr_evapi_event(self, _msg: object, event: str) -> int:
        """News of the link: it opened, closed, or brought a message."""
        if event == "evapi:message-received":
            KSR.htable.sht_sets(LINK, "heard", str(int(time.time())))
            self.take(text("$evapi(msg)"))
        elif event == "evapi:connection-new":
            KSR.info("the sidecar has connected\n")
        elif event == "evapi:connection-closed":
            KSR.info("the sidecar is gone\n")
        return 1

    def take(self, raw: str) -> None:
        """Carry out what is short; leave the rest to other processes, as this one reads the socket.

        What is done here leaves tm's current transaction set to one that was let go of. Nothing in this process looks
        at it, but a task would let go of it once more: so progress and stop must stay here, and resuming there.
        """
        command: dict[str, object] = json.loads(raw)
        match command["do"]:
            case "ping":
                tell({"event": "pong", "number": command["number"]})
            case "progress":
                self.progress(command)
            case "stop":
                self.stop(command)
            case _:
                TASKS.task_data("ksr_command", raw)

    def ksr_command(self, _msg: object, _event: str) -> int:
        """Carry one message of the sidecar out, in a process of its own."""
        command: dict[str, object] = json.loads(text("$async(data)"))
        do = command["do"]
        if do == "list":
            self.list_calls()
        elif do == "hang_up":
            self.hang_up(command)
        else:
            self.resume(command)
        return 1

    def resume(self, command: dict[str, object]) -> None:
        """Wake a parked call; the route named runs in this process before this returns."""
        call = str(command["call"])
        self.command = command
        done = KSR.tmx.t_continue(
            _number(command, "index"), _number(command, "label"), f"ksr_{command['do']}"
        )
        self.command = {}
        if done < 0:
            # It was hung up a moment ago, and the news of it is under way.
            KSR.info(f"{call} is no longer parked: {command['do']} is not done\n")
            tell({"event": "missed", "call": call, "do": command["do"]})

    def ksr_dial(self, _msg: object, _event: str = "") -> int:
        """Ring the devices named, all at once."""
        command = self.command
        legs = command.get("legs")
        if not isinstance(legs, list):
            return 1
        call = str(command["call"])
        if KSR.tm.t_is_canceled() > 0:
            return 1
        remember(call, "ringing", legs=legs, cseq=text("$cs"))
        KSR.pv.sets("$ru", str(legs[0]["uri"]))
        KSR.pv.unset("$du")
        for leg in legs[1:]:
            KSR.corex.append_branch_uri(str(leg["uri"]))
        KSR.tm.t_set_fr(_number(command, "ring_ms"), int(self.setting("UNREACHABLE_MS")))
        KSR.tm.t_on_branch("ksr_branch")
        KSR.tm.t_on_reply("ksr_reply")
        KSR.tm.t_on_branch_failure("ksr_leg_failed")
        KSR.tm.t_on_failure("ksr_failure")
        if KSR.tm.t_relay() < 0:
            for leg in legs:
                tell(
                    {
                        "event": "failed",
                        "call": call,
                        "offer": leg["offer"],
                        "agent": leg["agent"],
                        "code": 503,
                        "silent": True,
                    }
                )
            self.park("parked", code=503)
        return 1

    def ksr_treat(self, _msg: object, _event: str = "") -> int:
        """Hand the caller over: voicemail, call-back, announcement, fall-back."""
        self.hand_over(str(self.command["call"]), str(self.command["uri"]))
        return 1

    def ksr_reply_final(self, _msg: object, _event: str = "") -> int:
        """Turn the caller away."""
        command = self.command
        forget(str(command["call"]))
        if command.get("header"):
            KSR.hdr.append_to_reply(f"{command['header']}\r\n")
        KSR.tm.t_reply(_number(command, "code"), str(command["reason"]))
        return 1

    def hand_over(self, call: str, uri: str) -> None:
        """Send a caller to an address for good; the router has no more to do with the call."""
        forget(call)
        KSR.pv.sets("$ru", uri)
        KSR.pv.unset("$du")
        KSR.tm.t_set_fr(120_000, int(self.setting("UNREACHABLE_MS")))
        KSR.tm.t_on_failure("ksr_treatment_failed")
        if KSR.tm.t_relay() < 0:
            KSR.tm.t_reply(503, "Service Unavailable")

    def progress(self, command: dict[str, object]) -> None:
        """Tell a parked caller that it goes on."""
        rpc("tm.reply_callid", 182, "Queued", command["call"], command["cseq"], "", "", "")

    def stop(self, command: dict[str, object]) -> None:
        """Stop ringing: all devices of the call get a CANCEL, and the failure route parks the call again."""
        rpc("tm.cancel", command["call"], command["cseq"])

    def hang_up(self, command: dict[str, object]) -> None:
        """End a talk: BYE to both."""
        call = str(command["call"])
        tags = command.get("tags")
        forget(call)
        if isinstance(tags, list) and KSR.dialog.dlg_get(call, str(tags[0]), str(tags[1])) > 0:
            KSR.dialog.dlg_bye("all")

    def list_calls(self) -> None:
        """Tell every call there is, some in each message."""
        batch: list[object] = []
        KSR.htable.sht_iterator_start("list", CALL)
        while KSR.htable.sht_iterator_next("list") > 0:
            batch.append({"call": text("$shtitkey(list)"), **json.loads(text("$shtitval(list)"))})
            if len(batch) == _BATCH:
                tell({"event": "calls", "calls": batch})
                batch = []
        KSR.htable.sht_iterator_end("list")
        tell({"event": "calls", "calls": batch})
        tell({"event": "listed"})

    # --- Alone

    def ksr_watch(self, _msg: object, _event: str = "") -> int:
        """Every second: without the sidecar, calls that have been parked for long enough fall back."""
        silent = silence_s()
        if silent <= _BREATH_S:
            return 1
        new, waiting = int(self.setting("AWAY_NEW")), int(self.setting("AWAY_WAITING"))
        now = int(time.time())
        due: list[tuple[str, dict[str, object]]] = []
        # The iterator holds the table's lock: only look here.
        KSR.htable.sht_iterator_start("watch", CALL)
        while KSR.htable.sht_iterator_next("watch") > 0:
            known = json.loads(text("$shtitval(watch)"))
            after = {"new": new, "parked": waiting, "waiting": waiting}.get(known["state"])
            if after is not None and min(silent, now - known["at"]) >= after:
                due.append((text("$shtitkey(watch)"), known))
        KSR.htable.sht_iterator_end("watch")
        for call, known in due:
            KSR.info(f"no sidecar for {silent} s: {call} falls back\n")
            self.resume({"do": "fall_back", "call": call, **known})
        return 1

    def ksr_fall_back(self, _msg: object, _event: str = "") -> int:
        """Resume a parked call for which nobody answers."""
        return self.fall_back(str(self.command["call"]))

    def fall_back(self, call: str) -> int:
        """Do without a decision."""
        target = self.setting("FALLBACK")
        if target not in ("", "none"):
            self.hand_over(call, target)
            return 1
        forget(call)
        KSR.hdr.append_to_reply("Retry-After: 10\r\n")
        KSR.tm.t_reply(503, "Service Unavailable")
        return 1


#: What the table keeps of a parked call: enough to wake it and to route it anew.
_KEPT: Final = ("cseq", "index", "label", "caller", "endpoint", "called")


def _number(command: dict[str, object], name: str) -> int:
    value = command[name]
    return value if isinstance(value, int) else 0


def mod_init() -> Router:
    """Kamailio's first call into this file."""
    return Router()
