"""Readers of call logs: what rows become, and what is said of rows that are wrong.

Owns tests of ``routing.simulation``'s formats, detection and placing; must not run a simulation.
"""

import gzip
import io
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from outside import outside

from routing.errors import ConfigError, DataError
from routing.model import Agent, Channel, Config, Queue, Step
from routing.simulation.calls import Attendance, Call, CallLog, Service
from routing.simulation.placing import Placement
from routing.simulation.reading import FORMATS, read_calls
from routing.units import HOUR, SECOND

ISRAEL = ZoneInfo("Asia/Jerusalem")
MIDNIGHT = 915141600 * SECOND  # 1 January 1999 in Israel


def read(text: str, config: Config | None = None, fmt: str = "") -> CallLog:
    placer = None if config is None else Placement(config)
    return read_calls(io.BytesIO(text.encode()), placer, fmt=fmt, zone=ISRAEL)


def reasons(log: CallLog) -> list[str]:
    return [f"{row.line}: {row.reason}" for row in log.bad_rows]


# ---------------------------------------------------------------------------------------------------- trace

CENTRE = Config(
    channels=(Channel("voice"), Channel("chat", 3)),
    agents=(Agent("ann", {"tech": 80, "sales": 30, "arabic": 90}),),
    queues=(Queue("help", requirement="tech"), Queue("sales"), Queue("any")),
)


def test_a_trace_has_calls_in_order_of_arrival() -> None:
    log = read("arrival_ns,skill,service_ns,patience_ns\n30,any,5,7\n10,help,6,\n10,any,,inf\n")
    assert log.format == "trace"
    assert [(call.arrival_ns, call.queue, call.service_ns, call.patience_ns) for call in log.calls] == [
        (10, "help", 6, None),
        (10, "any", None, 2**60 - 1),
        (30, "any", 5, 7),
    ]


def test_optional_columns() -> None:
    log = read(
        "agent,wait_ns,outcome,attributes,customer,priority,channel,queue,skill,patience_ns,service_ns,arrival_ns,x\n"
        '7,4,served,"{""city"":""Haifa"",""n"":2}",c1,3,chat,help,sales,9,8,1,y\n'
        ",5,abandoned,city=Haifa;vip=,,,,any,,5,,2,y\n",
        CENTRE,
    )
    assert reasons(log) == []
    assert log.calls == [
        Call(1, "help", "sales", "chat", 3, "c1", {"city": "Haifa", "n": "2"}, 8, 9, "served", 4, "7"),
        Call(2, "any", "", "voice", 0, "", {"city": "Haifa", "vip": ""}, None, 5, "abandoned", 5, ""),
    ]
    assert log.services == [Service("7", 5, 13)]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_separators_and_line_ends(separator: str, newline: str) -> None:
    rows = (("skill", "service_ns", "arrival_ns"), ("any", "5", "1"), ("any", "5", "1e9"))
    log = read(newline.join(separator.join(row) for row in rows))
    assert [call.arrival_ns for call in log.calls] == [1, 10**9]


def test_a_byte_order_mark_and_empty_lines_do_no_harm() -> None:
    log = read("\ufeff\n\narrival_ns,skill,service_ns\n\n1,any,5\n")
    assert len(log.calls) == 1
    assert reasons(log) == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("x,any,1,1,0,voice", "arrival_ns is 'x'; it must be a whole number of ns from 0"),
        ("-1,any,1,1,0,voice", "arrival_ns is '-1'"),
        ("9e18,any,1,1,0,voice", "arrival_ns is '9e18'"),
        ("1,any,1.5,1,0,voice", "service_ns is '1.5'"),
        ("1,any,-1,1,0,voice", "service_ns is '-1'"),
        ("1,any,nan,1,0,voice", "service_ns is 'nan'"),
        ("1,any,1,-5,0,voice", "patience_ns is '-5'"),
        ("1,any,1,soon,0,voice", "patience_ns is 'soon'"),
        ("1,any,1,1,many,voice", "priority is 'many'"),
        ("1,any,1,1,101,voice", "priority is 101; limits.priority allows 0 to 100"),
        ("1,any,1,1,0,fax", "channel 'fax' is not in the configuration"),
        ("1,any,1,1,0,chta", "channel 'chta' is not in the configuration; did you mean 'chat'?"),
        ("1,any,1,1,0", "5 columns; the header has 6"),
        (
            "1,tehc,1,1,0,voice",
            "skill 'tehc' is neither a queue nor a skill of the configuration; did you mean 'tech'?",
        ),
        ("1,,1,1,0,voice", "the row names neither a skill nor a queue"),
    ],
)
def test_a_bad_row_is_left_out_and_reported(row: str, reason: str) -> None:
    header = "arrival_ns,skill,service_ns,patience_ns,priority,channel"
    log = read(f"{header}\n5,any,1,1,0,voice\n{row}\n6,any,1,1,0,voice\n", CENTRE)
    assert [call.arrival_ns for call in log.calls] == [5, 6]
    assert log.bad_row_count == 1
    assert log.bad_rows[0].line == 3
    assert log.bad_rows[0].reason.startswith(reason)


@pytest.mark.parametrize("attributes", ['"{""a"": [1]}"', '"{"', "novalue", "=x"])
def test_bad_attributes(attributes: str) -> None:
    log = read(f"arrival_ns,skill,service_ns,attributes\n1,any,1,{attributes}\n")
    assert log.calls == []
    assert "attributes" in log.bad_rows[0].reason


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        ("arrival_ns,skill", "no column 'service_ns'"),
        ("arrival_ns,service_ns", "neither 'skill' nor 'queue'"),
    ],
)
def test_a_header_that_lacks_something(header: str, complaint: str) -> None:
    with pytest.raises(DataError, match=complaint):
        read(header + "\n1,2\n")


def test_many_bad_rows_are_all_counted_but_not_all_kept() -> None:
    log = read("arrival_ns,skill,service_ns\n" + "x,any,1\n" * 5000)
    assert log.bad_row_count == 5000
    assert len(log.bad_rows) == 1000


# ---------------------------------------------------------------------------------------------------- placing


@pytest.mark.parametrize(
    ("queue", "skill", "place"),
    [
        ("help", "", ("help", "")),
        ("help", "help", ("help", "")),
        ("help", "sales", ("help", "sales")),
        ("", "help", ("help", "")),  # a queue of that name, which asks for tech itself
        ("", "any", ("any", "")),
        ("", "sales", ("sales", "sales")),  # a queue that asks nothing, and a skill
        ("", "tech", ("help", "")),  # a queue that asks for just that
        ("", "arabic", ("sales", "arabic")),  # no such queue: the first that is open to all
        ("", "tech >= 50 and sales", ("sales", "tech >= 50 and sales")),
    ],
)
def test_where_calls_are_placed(queue: str, skill: str, place: tuple[str, str]) -> None:
    assert Placement(CENTRE).place(queue, skill) == place


def test_without_a_queue_open_to_all_the_first_queue_is_taken() -> None:
    asks = Queue("asks", steps=(Step("tech"),))
    config = Config(agents=CENTRE.agents, queues=(Queue("closed", members=("ann",)), asks))
    assert Placement(config).place("", "sales") == ("closed", "sales")


@pytest.mark.parametrize(
    ("queue", "skill", "reason"),
    [
        ("hlep", "", "queue 'hlep' is not in the configuration; did you mean 'help'?"),
        ("", "speaks russian", "skill 'speaks russian' is neither a queue nor a skill"),
        ("", "tech and tax", "skill 'tax' is neither"),
        ("help", "tax", "skill 'tax' is neither"),
    ],
)
def test_what_has_no_place(queue: str, skill: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason.replace('?', '[?]')}"):
        Placement(CENTRE).place(queue, skill)


def test_a_centre_without_queues_takes_no_calls() -> None:
    with pytest.raises(ConfigError, match="queues: there is none"):
        Placement(Config())


# ---------------------------------------------------------------------------------------------------- the bank

HEADER = (
    "vru+line\tcall_id\tcustomer_id\tpriority\ttype\tdate\tvru_entry\tvru_exit\tvru_time\tq_start\tq_exit\tq_time\t"
    "outcome\tser_start\tser_exit\tser_time\tserver"
)


def bank(*rows: str) -> CallLog:
    """Read rows written with blanks for tabs."""
    return read("\n".join((HEADER, *("\t".join(row.split()) for row in rows))))


def test_a_call_that_waited_and_was_answered() -> None:
    log = bank(
        "AA0101 33118 2 2 PS 990101 6:55:20 6:55:26 6 6:55:26 6:55:43 17 AGENT 6:55:43 6:56:37 54 MICHAL"
    )
    start = MIDNIGHT + 6 * HOUR + (55 * 60 + 26) * SECOND
    assert log.calls == [
        Call(
            start,
            "PS",
            priority=2,
            customer="2",
            service_ns=54 * SECOND,
            outcome="served",
            wait_ns=17 * SECOND,
            agent="MICHAL",
        )
    ]
    assert log.services == [Service("MICHAL", start + 17 * SECOND, start + 71 * SECOND)]


def test_a_call_that_did_not_queue_arrives_when_it_leaves_the_menu() -> None:
    log = bank(
        "AA0101 33119 0 0 PS 990101 7:41:16 7:41:26 10 0:00:00 0:00:00 0 AGENT 7:41:25 7:44:53 208 BASCH"
    )
    (call,) = log.calls
    assert call.arrival_ns == MIDNIGHT + 7 * HOUR + (41 * 60 + 26) * SECOND
    assert (call.wait_ns, call.customer, call.service_ns) == (0, "", 208 * SECOND)


def test_a_caller_who_hung_up_in_the_queue_shows_their_patience() -> None:
    log = bank(
        "AA0101 1 1 2 PS 990101 0:00:31 0:00:36 5 0:00:36 0:03:09 153 HANG 0:00:00 0:00:00 0 NO_SERVER"
    )
    (call,) = log.calls
    assert (call.outcome, call.patience_ns, call.service_ns, call.agent) == (
        "abandoned",
        153 * SECOND,
        None,
        "",
    )


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (
            "AA 1 0 0 PS 990101 0:34:12 0:34:23 11 0:00:00 0:00:00 0 HANG 0:00:00 0:00:00 0 NO_SERVER",
            "left in the voice menu",
        ),
        (
            "AA 1 18 2 PS 990103 9:09:09 9:09:15 6 9:09:15 9:09:31 16 PHANTOM 9:09:30 9:10:13 43 NO_SERVER",
            "phantom",
        ),
    ],
)
def test_rows_that_are_no_calls_to_a_queue(row: str, kind: str) -> None:
    log = bank(row)
    assert log.calls == []
    assert log.skipped == {kind: 1}
    assert log.bad_row_count == 0


def test_midnight_wraps() -> None:
    log = bank(
        "AA0213 1 1 1 PS 990101 23:59:23 23:59:23 0 23:59:28 0:00:03 35 AGENT 0:00:03 0:00:55 52 ANAT",
        "AA0106 2 0 0 NE 990101 23:59:48 0:00:02 14 0:00:00 0:00:00 0 AGENT 0:00:01 0:00:24 23 ZOHARI",
    )
    assert [call.arrival_ns - MIDNIGHT for call in log.calls] == [86_368 * SECOND, 86_402 * SECOND]
    assert [service.start_ns - MIDNIGHT for service in log.services] == [86_403 * SECOND, 86_401 * SECOND]


def test_a_negative_time_in_the_menu_is_no_midnight() -> None:
    log = bank(
        "AA0101 1 247 1 PS 990101 15:46:01 15:45:24 -37 15:45:24 15:46:41 77 HANG 0:00:00 0:00:00 0 NO_SERVER"
    )
    assert log.calls[0].arrival_ns == MIDNIGHT + 15 * HOUR + (45 * 60 + 24) * SECOND


def test_an_answered_call_without_service_times_has_an_unknown_service() -> None:
    log = bank("AA0102 1 0 0 PS 990101 13:39:21 13:39:30 9 0:00:00 0:00:00 0 AGENT 0:00:00 0:00:00 0 GILI")
    assert (log.calls[0].outcome, log.calls[0].service_ns, log.calls[0].agent) == ("served", None, "GILI")
    assert log.services == []


def test_a_service_from_midnight_on_is_known() -> None:
    log = bank("AA0105 1 0 0 PS 990101 23:59:50 23:59:50 0 0:00:00 0:00:00 0 AGENT 0:00:00 0:00:48 0 AVI")
    assert log.calls[0].service_ns == 48 * SECOND
    assert log.services[0].start_ns == MIDNIGHT + 86_400 * SECOND


def test_no_server_is_nobody() -> None:
    log = bank(
        "AA0101 1 0 0 PS 990101 11:07:30 11:07:38 8 0:00:00 0:00:00 0 AGENT 11:07:43 11:07:46 3 NO_SERVER"
    )
    assert (log.calls[0].agent, log.calls[0].service_ns, log.services) == ("", 3 * SECOND, [])


def test_rows_of_sixteen_columns() -> None:
    times = "991026\t14:07:50\t14:07:58\t8"
    merged = f"AA0108\t3892\t0\t0       NW\t{times}\t14:07:58\t14:08:00\t2\tHANG\t0:00:00\t0:00:00\t0"
    lacking = f"AA0108\t3892\t0\t0\tNW\t{times}\t0:00:00\t0:00:00\t0\tAGENT\t14:07:58\t14:08:58\t60"
    log = read("\n".join((HEADER, merged + "\tNO_SERVER", lacking)))
    assert reasons(log) == []
    assert [(call.queue, call.priority, call.agent) for call in log.calls] == [("NW", 0, ""), ("NW", 0, "")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            "AA 1 0 0 PS 990101 25:00:00 7:41:26 10 0:00:00 0:00:00 0 AGENT 7:41:25 7:44:53 208 X",
            "vru_entry is '25:00:00'",
        ),
        (
            "AA 1 0 0 PS 990231 7:41:16 7:41:26 10 0:00:00 0:00:00 0 AGENT 7:41:25 7:44:53 208 X",
            "day is out of range",
        ),
        (
            "AA 1 0 0 PS today 7:41:16 7:41:26 10 0:00:00 0:00:00 0 AGENT 7:41:25 7:44:53 208 X",
            "date is 'today'",
        ),
        (
            "AA 1 0 0 PS 990101 7:41:16 7:41:26 10 0:00:00 0:00:00 0 LOST 7:41:25 7:44:53 208 X",
            "outcome is 'LOST'",
        ),
        (
            "AA 1 0 high PS 990101 7:41:16 7:41:26 10 0:00:00 0:00:00 0 AGENT 7:41:25 7:44:53 208 X",
            "priority is 'high'",
        ),
        ("AA 1 0 0 PS", "5 columns; there must be 17"),
    ],
)
def test_bad_rows_of_the_bank(row: str, reason: str) -> None:
    log = bank(row)
    assert log.calls == []
    assert log.bad_rows[0].line == 2
    assert reason in log.bad_rows[0].reason


@pytest.mark.parametrize(
    ("month", "offered", "abandoned", "phantoms"),
    [("january", 30_161, 3_101, 240), ("october", 32_967, 2_106, 147)],
)
def test_the_months_of_the_bank(month: str, offered: int, abandoned: int, phantoms: int) -> None:
    """10.3 % and 6.4 % abandoned are published; the counts were taken with another program."""
    log = read_calls(outside(f"anonymous_bank/{month}_1999.txt.gz"), zone=ISRAEL)
    assert log.bad_row_count == 0
    assert len(log.calls) == offered
    assert sum(call.outcome == "abandoned" for call in log.calls) == abandoned
    assert log.skipped["phantom"] == phantoms
    assert all(
        earlier.arrival_ns <= later.arrival_ns
        for earlier, later in zip(log.calls, log.calls[1:], strict=False)
    )


# ---------------------------------------------------------------------------------------------------- queue_log


def test_a_queue_log_tells_calls() -> None:
    log = read(
        """\
1000|NONE|NONE|NONE|QUEUESTART|
1001|c1|help|NONE|ENTERQUEUE||5551234|1
1002|c2|help|NONE|ENTERQUEUE||5551235|2
1005|c1|help|SIP/ann|RINGNOANSWER|3000
1009|c1|help|SIP/bob|CONNECT|8|c9|2
1012|c2|help|NONE|ABANDON|1|2|10
1069|c1|help|SIP/bob|COMPLETECALLER|8|60|1
1070|c3|help|NONE|ENTERQUEUE||5551236|1
1080|c3|help|NONE|EXITWITHTIMEOUT|1|1|10
1080|c3|sales|NONE|ENTERQUEUE||5551236|1
1081|c3|sales|SIP/ann|CONNECT|1|c10|1
1090|c3|sales|SIP/ann|BLINDTRANSFER|200|default|1|9|1
"""
    )
    assert log.format == "queue_log"
    assert reasons(log) == []
    told = [
        (
            call.arrival_ns // SECOND,
            call.queue,
            call.outcome,
            call.wait_ns,
            call.service_ns,
            call.patience_ns,
            call.agent,
        )
        for call in log.calls
    ]
    assert told == [
        (1001, "help", "served", 8 * SECOND, 60 * SECOND, None, "SIP/bob"),
        (1002, "help", "abandoned", 10 * SECOND, None, 10 * SECOND, ""),
        (1070, "help", "diverted", 10 * SECOND, None, None, ""),
        (1080, "sales", "served", 1 * SECOND, 9 * SECOND, None, "SIP/ann"),
    ]
    assert log.services == [
        Service("SIP/bob", 1009 * SECOND, 1069 * SECOND),
        Service("SIP/ann", 1081 * SECOND, 1090 * SECOND),
    ]


@pytest.mark.parametrize(
    ("end", "service_s"),
    [
        ("COMPLETEAGENT|2|30|1", 30),
        ("TRANSFER|9|ctx|2|30|1", 30),
        ("ATTENDEDTRANSFER|BRIDGE|x|2|30|1", 30),
        ("", None),
    ],
)
def test_how_a_service_ends(end: str, service_s: int | None) -> None:
    lines = [
        "100|c|q|NONE|ENTERQUEUE||1|1",
        "102|c|q|ann|CONNECT|2|x|1",
        *([f"132|c|q|ann|{end}"] if end else []),
    ]
    (call,) = read("\n".join(lines)).calls
    assert call.outcome == "served"
    assert call.service_ns == (None if service_s is None else service_s * SECOND)


def test_fractions_of_seconds_are_exact() -> None:
    log = read("1366720340.123456|c|q|NONE|ENTERQUEUE||1|1\n1366720341.5|c|q|NONE|ABANDON|1|1|1\n")
    (call,) = log.calls
    assert (call.arrival_ns, call.patience_ns) == (1366720340123456000, 1376544000)


def test_a_log_that_starts_in_the_middle_of_calls() -> None:
    log = read(
        "100|c|q|ann|CONNECT|20|x|3\n130|c|q|ann|COMPLETEAGENT|20|30|1\n140|d|q|ann|COMPLETECALLER|5|60|1\n"
    )
    told = [(call.arrival_ns // SECOND, call.wait_ns, call.service_ns) for call in log.calls]
    assert told == [(75, 5 * SECOND, 60 * SECOND), (80, 20 * SECOND, 30 * SECOND)]


def test_who_comes_goes_and_pauses() -> None:
    log = read(
        """\
10|NONE|q|ann|ADDMEMBER|
20|NONE|r|ann|ADDMEMBER|
30|NONE|q|ann|PAUSE|lunch
40|NONE|r|ann|PAUSE|lunch
50|NONE|NONE|ann|UNPAUSEALL|
60|NONE|q|ann|REMOVEMEMBER|
70|NONE|r|ann|REMOVEMEMBER|
80|NONE|q|bob|REMOVEMEMBER|
90|NONE|q|static|PAUSE|
"""
    )
    assert log.attendance == [
        Attendance("ann", 10 * SECOND, True),
        Attendance("bob", 10 * SECOND, True),  # was there before the log began
        Attendance("ann", 40 * SECOND, False),
        Attendance("ann", 50 * SECOND, True),
        Attendance("ann", 70 * SECOND, False),
        Attendance("bob", 80 * SECOND, False),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("soon|c|q|NONE|ENTERQUEUE||1|1", "time is 'soon'; it must be seconds since 1970"),
        ("100|c|q", "3 fields; there must be at least 5"),
        ("100|x|q|NONE|ABANDON|1|1", "ABANDON of call 'x', which never entered a queue in this log"),
        ("100|c|nowhere|NONE|ENTERQUEUE||1|1", "queue 'nowhere' is not in the configuration"),
    ],
)
def test_bad_lines_of_a_queue_log(line: str, reason: str) -> None:
    log = read(f"90|a|help|NONE|ENTERQUEUE||1|1\n{line}\n", CENTRE)
    assert len(log.calls) == 1
    assert log.bad_rows[0].line == 2
    assert log.bad_rows[0].reason.startswith(reason)


# ---------------------------------------------------------------------------------------------------- files


def test_gzip_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_bytes(gzip.compress(b"arrival_ns,skill,service_ns\n1,any,5\n"))
    assert len(read_calls(path).calls) == 1


def test_a_damaged_gzip_file_is_a_data_error(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv.gz"
    path.write_bytes(gzip.compress(b"arrival_ns,skill,service_ns\n" + b"1,any,5\n" * 1000)[:40])
    with pytest.raises(DataError, match=r"calls\.csv\.gz: "):
        read_calls(path)


def test_an_empty_file_holds_no_calls() -> None:
    assert read("").calls == []
    assert read("\n\n").calls == []


def test_an_unknown_format_says_what_is_known() -> None:
    with pytest.raises(DataError, match="the first line 'hello world' starts no known format"):
        read("hello world\n")
    with pytest.raises(DataError, match=f"format 'xml' is unknown; it must be one of {', '.join(FORMATS)}"):
        read("", fmt="xml")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere\.csv: No such file or directory"):
        read_calls(tmp_path / "nowhere.csv")


def test_the_format_can_be_forced() -> None:
    log = read("1\tx\n", fmt="anonymous-bank")
    assert log.format == "anonymous-bank"
    assert reasons(log) == ["1: 2 columns; there must be 17, parted by tabs"]
