"""Every role against every command and operation: the table of permissions as somebody wrote it down once more.

Owns the permissions; must not test what operations do (``test_supervision``).
"""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Final, get_args

import pytest
from desks import Centre, changed, reason_of

from grpc_api.guard.identity import Denied, Identity
from grpc_api.guard.jwts import make_identity
from grpc_api.guard.permission import check_command
from grpc_api.guard.reading import read_settings
from grpc_api.guard.roles import COMMANDS as SERVED
from routing import Agent, Config, EnqueueContact, LogIn, Preference, Queue, remarks
from routing import commands as c
from routing.center.supervision import COMMANDS, OPERATIONS, ROLES, Person, Supervision
from routing.center.supervision import operations as o
from routing.center.supervision.looking import Floor
from routing.center.supervision.permission import Subjects, hindrance, subjects_of
from routing.center.supervision.roles import Rule
from routing.engine import Engine
from routing.errors import ConfigError
from routing.remarks import Hint

pytestmark = pytest.mark.once

#: Agent, front-end, supervisor, administrator, read-only: any, queues (or groups), whole, own, no.
TABLE: Final = """
LogIn            o a q a -
LogOut           o a q a -
SetReady         o a q a -
SetNotReady      o a q a -
ReportDevice     o a - a -
EndWrapUp        o a q a -
EnqueueContact   - q - a -
PlaceContact     o q - a -
AcceptOffer      o q - a -
RejectOffer      o q - a -
FailOffer        o q - a -
WithdrawOffer    - q q a -
AbandonContact   - q - a -
CompleteContact  o q q a -
HoldContact      o q - a -
RetrieveContact  o q - a -
JoinLeg          - q q a -
PartLeg          - q q a -
HandOver         o q q a -
RequeueContact   o q q a -
UpdateContact    - q q a -
CancelContact    - q q a -
Remark           o q q a -
SyncCalls        - w - a -
Resume           - - - a -
RequestDial      - w - a -
ReportAttempt    - w - a -
EndAttempt       - w - a -
OpenQueue        - - q a -
CloseQueue       - - q a -
PublishEstimate  - - q a -
ResetCounts      - - q a -
PutSkill         - - - a -
RemoveSkill      - - - a -
PutGroup         - - - a -
RemoveGroup      - - - a -
PutAgent         - - - a -
SetSkills        - - - a -
RemoveAgent      - - - a -
PutQueue         - - - a -
RemoveQueue      - - - a -
Configure        - - - a -
Listen           - - q a -
Whisper          - - q a -
BargeIn          - - q a -
StopMonitoring   - - a a -
AskConsent       o q q a -
TakeOver         - - q a -
ForceDisconnect  - - q a -
RedirectQueue    - - q a -
EndRedirect      - - q a -
PostMessage      - - q a -
WithdrawMessage  - - q a -
"""
ROWS: Final = {line.split()[0]: line.split()[1:] for line in TABLE.strip().splitlines()}

#: One of each role, all limited to the queue "sales", where they can be.
PEOPLE: Final = {
    "agent": Person("p-agent", ("agent",), agent="ann"),
    "front_end": Person("p-front-end", ("front_end",), queues=("sales",)),
    "supervisor": Person("p-supervisor", ("supervisor",), queues=("sales",)),
    "administrator": Person("p-administrator", ("administrator",), queues=("sales",)),
    "read_only": Person("p-read-only", ("read_only",)),
}
TEAM: Final = Person("p-team", ("supervisor",), groups=("north",))


def act_of(name: str, contact: str, agent: str, queue: str, group: str) -> Any:
    """An example of a command or operation about these."""
    kind = getattr(c, name, None) or getattr(o, name)
    special: dict[str, Callable[[], Any]] = {
        "EnqueueContact": lambda: kind("new", (queue,)),
        "PlaceContact": lambda: kind("new", agent, queue),
        "RequeueContact": lambda: kind(contact, (queue,)),
        "Remark": lambda: kind(contact, Hint()),
        "JoinLeg": lambda: kind(contact),
        "PartLeg": lambda: kind(contact),
        "AcceptOffer": lambda: kind(contact, agent),
        "RejectOffer": lambda: kind(contact, agent),
        "FailOffer": lambda: kind(contact, agent, "busy"),
        "ReportDevice": lambda: kind(agent, "in_use"),
        "EndWrapUp": lambda: kind(agent),
        "SyncCalls": lambda: kind("pbx"),
        "Resume": lambda: kind(),
        "RequestDial": lambda: kind("a-1", "spring"),
        "ReportAttempt": lambda: kind("a-1", "ringing"),
        "EndAttempt": lambda: kind("a-1", "busy"),
        "PutSkill": lambda: kind("s"),
        "RemoveSkill": lambda: kind("s"),
        "PutGroup": lambda: kind(group),
        "RemoveGroup": lambda: kind(group),
        "PutAgent": lambda: kind(Agent(agent)),
        "SetSkills": lambda: kind(agent, {}),
        "PutQueue": lambda: kind(Queue(queue)),
        "Configure": lambda: kind(Config()),
        "StopMonitoring": lambda: kind(),
        "RedirectQueue": lambda: kind(queue, queue),
        "PostMessage": lambda: kind("x", queue),
        "WithdrawMessage": lambda: kind(queue),
        "ResetCounts": lambda: kind(agent),
    }
    if name in special:
        return special[name]()
    first = kind.__struct_fields__[0]
    return kind({"agent": agent, "contact": contact, "queue": queue}[first])


#: What is theirs, and what is not: a contact in an agent's hands, that agent, a queue, a group.
MINE: Final = ("c-ann", "ann", "sales", "north")
OTHERS: Final = ("c-ben", "ben", "tech", "south")


@pytest.fixture(scope="module")
def centre() -> Any:
    settings = Supervision((*PEOPLE.values(), TEAM))
    with Centre(settings=settings) as made:
        made.talking("c-ann", "sales", "ann")
        made.talking("c-ben", "tech", "ben")
        yield made


def test_the_table_has_every_command_and_every_operation() -> None:
    kinds = {kind.__name__ for kind in get_args(c.Command)} | {
        kind.__name__ for kind in get_args(o.Operation)
    }
    assert ROWS.keys() == kinds
    assert COMMANDS.keys() | OPERATIONS.keys() == kinds
    assert SERVED is COMMANDS  # one table for Python and the wire


#: What each letter answers for what is theirs, and for what is not.
ANSWERS: Final = {
    "a": ("", ""),
    "q": ("", "foreign_queue"),
    "w": ("foreign_queue", "foreign_queue"),
    "o": ("", "foreign_agent"),
    "-": ("role_missing", "role_missing"),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", ROWS)
def test_every_role_against_every_act(centre: Centre, name: str, role: str) -> None:
    letter = ROWS[name][ROLES.index(role)]
    person = PEOPLE[role]
    for nouns, wanted in zip((MINE, OTHERS), ANSWERS[letter], strict=True):
        act = act_of(name, *nouns)
        assert centre.desk.may(person.name, act) == wanted, (role, act)
        if name in COMMANDS:  # and the same over the wire
            assert over_the_wire(person, act, centre) == wanted


#: Remarks that something follows from: what each letter of the roles answers about what is theirs.
SAID: Final = (
    (remarks.Note("n-1"), "oqqa-"),
    (remarks.Monitoring("p-agent", "listen"), "-qqa-"),
    (remarks.Alert("angry"), "-qqa-"),
    (remarks.CallBack("later", "cancel"), "-wwa-"),
    (remarks.CallBack("later", "confirm", number="n-2"), "-wwa-"),
    (remarks.CallBack("c-mine", "keep", number="n-1"), "oqqa-"),
)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("remark", "row"), SAID)
def test_remarks_that_something_follows_from_have_rows_of_their_own(
    centre: Centre, remark: remarks.Remarks, row: str, role: str
) -> None:
    """An agent may neither listen to others by a remark nor cancel a call-back that is somebody else's."""
    person = PEOPLE[role]
    wanted = ANSWERS[row[ROLES.index(role)]][0]
    act = c.Remark(MINE[0], remark)
    assert over_the_wire(person, act, centre) == wanted
    if not isinstance(remark, remarks.Monitoring):  # which a desk takes for the operation
        assert centre.desk.may(person.name, act) == wanted


@pytest.mark.parametrize(
    ("role", "wanted"),
    [
        ("agent", "foreign_agent"),
        ("front_end", "foreign_queue"),
        ("supervisor", "foreign_queue"),
        ("administrator", ""),
        ("read_only", "role_missing"),
    ],
)
def test_a_call_back_promised_on_a_contact_waits_in_a_queue_that_must_be_theirs_too(
    centre: Centre, role: str, wanted: str
) -> None:
    person = changed(PEOPLE[role], queues=("sales",)) if role != "administrator" else PEOPLE[role]
    for queue, answer in (("sales", "" if role != "read_only" else wanted), ("tech", wanted)):
        act = c.Remark(MINE[0], remarks.CallBack("later", "book", queue, number="n-1"))
        assert over_the_wire(person, act, centre) == answer


def over_the_wire(person: Person, command: Any, centre: Centre) -> str:
    queues = None if person.queues is None else frozenset(person.queues)
    identity = Identity(
        person.name,
        frozenset(person.roles),
        domains=None,
        queues=queues,
        agent=person.agent,
        groups=frozenset(person.groups),
    )
    lookup = centre.host.read(Floor)
    try:
        check_command(identity, "default", command, lookup)
    except Denied as error:
        return error.reason
    return ""


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row[2] == "q"])
def test_a_supervisor_of_a_group_has_its_agents_and_what_these_have_in_hand(
    centre: Centre, name: str
) -> None:
    rule = COMMANDS.get(name) or OPERATIONS[name]
    whole = {"agent", "contact", "leg"}
    mine = centre.desk.may("p-team", act_of(name, *MINE))
    assert mine == ("" if rule.subject in whole else "foreign_queue")  # no queue is theirs
    assert centre.desk.may("p-team", act_of(name, *OTHERS)) == "foreign_queue"
    if name in COMMANDS:
        assert over_the_wire(without_queues(TEAM), act_of(name, *MINE), centre) == mine


def without_queues(person: Person) -> Person:
    return changed(person, queues=())


def test_a_message_for_a_group_is_its_supervisors(centre: Centre) -> None:
    assert centre.desk.may("p-team", o.PostMessage("x", group="north")) == ""
    assert centre.desk.may("p-team", o.PostMessage("x", group="south")) == "foreign_queue"
    assert centre.desk.may("p-team", o.PostMessage("x")) == "foreign_queue"  # the centre's
    assert centre.desk.may("p-supervisor", o.PostMessage("x")) == "foreign_queue"
    assert centre.desk.may("p-administrator", o.PostMessage("x")) == ""


def test_a_refusal_names_who_what_rule_and_remedy() -> None:
    with Centre() as centre:
        calls: tuple[tuple[Callable[[], object], str], ...] = (
            (
                lambda: centre.desk.close_queue("wall", "sales"),
                "'wall' may not CloseQueue 'sales': none of their roles (read_only) permits it; docs/supervision.md",
            ),
            (
                lambda: centre.desk.close_queue("kim", "tech"),
                "'kim' may not CloseQueue 'tech': not all of what it touches is theirs (sales); ask whose it is, or",
            ),
            (
                lambda: centre.desk.apply("a-ann", LogIn("ben")),
                "'a-ann' may not LogIn 'ben': it is not their own agent (ann) nor in that agent's hands; ask a super",
            ),
            (
                lambda: centre.desk.apply("eve", LogIn("ben")),
                "'eve' may not LogIn 'ben': they are none of the centre's people; add them to `people`",
            ),
        )
        for call, message in calls:
            with pytest.raises(Exception, match="may not") as caught:
                call()
            assert message in str(caught.value)


def test_of_several_commands_none_is_given_if_one_is_not_permitted() -> None:
    with Centre() as centre:
        centre.do(LogIn("ann"))
        wanted: list[c.Command] = [c.SetNotReady("ann", "lunch"), c.CloseQueue("tech")]
        assert reason_of(centre.desk.apply_many, "kim", wanted) == "foreign_queue"
        assert centre.agent("ann").ready
        done = centre.desk.apply_many("boss", wanted, request_id="r")
        assert [len(events) for events in done] == [1, 1]
        assert centre.desk.apply_many("boss", wanted, request_id="r") == done
        assert not centre.queue("tech").open


def test_a_refused_command_is_not_done_and_leaves_only_its_refusal(tmp_path: Path) -> None:
    with Centre(tmp_path / "centre.journal") as centre:
        digest, revision = centre.host.digest, centre.host.revision
        assert reason_of(centre.desk.close_queue, "wall", "sales") == "role_missing"
        assert (centre.host.digest, centre.host.revision) == (digest, revision)
        (row,) = centre.take()
        assert (row.who, row.act, row.subject, row.result, row.reason) == (
            "wall",
            "CloseQueue",
            "sales",
            "denied",
            "role_missing",
        )


# ------------------------------------------------------------------------------------- a plain reckoning


def plainly(person: Person, scope: str, rule: Rule, act: Any, engine: Engine) -> bool:
    """Whether one scope permits it, reckoned from the engine as one would by hand."""
    config = engine.config
    serves = {
        agent.id: {
            queue.id
            for queue in config.queues
            if not (queue.members or queue.groups)
            or agent.id in queue.members
            or set(agent.groups) & set(queue.groups)
        }
        for agent in config.agents
    }
    groups = {agent.id: set(agent.groups) for agent in config.agents}
    mine = None if person.queues is None else set(person.queues)
    if scope == "any":
        return True
    if scope in ("queues", "whole") and mine is None:
        return True
    if scope == "whole":
        return False
    contact = getattr(act, "leg" if rule.subject == "leg" else "contact", "")
    view = engine.contacts.get(contact) if contact else None
    holder = view.segments[0].agent if view is not None and view.segments else ""
    if scope == "own":
        named = getattr(act, "agent", "")
        if not person.agent:
            return False
        return named == person.agent if named else view is None or holder == person.agent
    assert mine is not None
    touched = False
    if rule.subject == "queue":
        touched = True
        if act.queue not in mine:
            return False
    if rule.subject in ("queues", "contact and queues"):
        touched = touched or bool(act.queues)
        if not set(act.queues) <= mine:
            return False
    if rule.subject == "agent":
        touched = touched or bool(act.agent)
        if act.agent in serves:
            served = serves[act.agent]
            if not (served and served <= mine) and not groups[act.agent] & set(person.groups):
                return False
    if rule.subject in ("contact", "contact and queues", "leg"):
        touched = True
        if view is not None:
            queues = {visit.queue for visit in view.visits} or {one.queue for one in view.segments}
            team = bool(holder) and bool(groups.get(holder, set()) & set(person.groups))
            if not (queues and queues <= mine) and not team:
                return False
    return touched


def test_random_people_in_random_centres_may_what_a_plain_reckoning_says() -> None:
    random = Random(7)
    seen = {True: 0, False: 0}
    for _ in range(60):
        agents = [f"a{number}" for number in range(4)]
        queues = [f"q{number}" for number in range(3)]

        def some(pool: list[str]) -> tuple[str, ...]:
            return tuple(one for one in pool if random.random() < 0.5)

        config = Config(
            groups=("g0", "g1"),
            agents=tuple(Agent(one, groups=some(["g0", "g1"])) for one in agents),
            queues=tuple(Queue(one, members=some(agents), groups=some(["g0", "g1"])) for one in queues),
        )
        engine = Engine(config)
        for at_ns, agent in enumerate(agents):
            engine.apply(LogIn(agent), at_ns)
        for number in range(6):
            chosen = some(queues) or ("q0",)
            prefer = (Preference(random.choice(agents), direct=True),)
            engine.apply(EnqueueContact(f"c{number}", chosen, preferred=prefer), 10 + number)
            view = engine.contacts.get(f"c{number}")
            if view is not None and view.segments and random.random() < 0.7:
                engine.apply(c.AcceptOffer(view.id, view.segments[0].agent), 10 + number)
        for name, row in ROWS.items():
            role = random.choice([role for role, letter in zip(ROLES, row, strict=True) if letter != "-"])
            person = Person(
                "x",
                (role,),
                queues=random.choice([None, some(queues), some(queues)]),
                groups=some(["g0", "g1"]),
                agent=random.choice(agents) if role == "agent" else "",
            )
            if role == "agent":
                person = changed(person, queues=None)
            rule = COMMANDS.get(name) or OPERATIONS[name]
            if rule.subject == "place":
                continue
            nouns = (f"c{random.randrange(8)}", random.choice(agents), random.choice(queues), "g0")
            act = act_of(name, *nouns)
            found = hindrance(person, rule, subjects_of(act, rule), Floor(engine)) is None
            wanted = plainly(person, rule.scopes[role], rule, act, engine)
            assert found == wanted, (person, act)
            seen[found] += 1
    assert min(seen.values()) > 300


def test_what_nobody_knows_is_nobodys_but_not_for_what_lasts() -> None:
    engine = Engine(Config(queues=(Queue("sales"),)))
    kim = Person("kim", ("supervisor",), queues=("sales",))
    row = COMMANDS["CancelContact"]
    assert hindrance(kim, row, Subjects(contacts=("c-9",)), Floor(engine)) is None
    assert hindrance(kim, row, Subjects(contacts=("c-9",), may_be_unknown=False), Floor(engine)) == (
        "foreign_queue"
    )
    assert hindrance(kim, row, Subjects(contacts=("c-9",))) == "foreign_queue"  # nobody to ask
    assert hindrance(kim, None, Subjects()) == "role_missing"


def test_tokens_of_a_server_name_groups_and_then_need_no_queues() -> None:
    entry = {"name": "kim", "hash": "sha256:" + "0" * 64, "roles": ["supervisor"], "domains": ["*"]}
    with pytest.raises(ConfigError, match="queues: is missing"):
        read_settings({"insecure": True, "tokens": [entry]})
    settings = read_settings({"insecure": True, "tokens": [{**entry, "groups": ["north"]}]})
    assert settings.tokens[0].groups == ("north",)
    identity = make_identity(
        kind="token",
        name="kim",
        roles=frozenset(("supervisor",)),
        domains=frozenset(("*",)),
        queues=None,
        agent="",
        groups=frozenset(("north",)),
    )
    assert identity.queues == frozenset()
    assert identity.groups == {"north"}
