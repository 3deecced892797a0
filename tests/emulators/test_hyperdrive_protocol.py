"""PostgreSQL's protocol at the edge: who gets in, in which words who does not, and bytes that no driver sends."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.emulators.hyperdrive.messages import (
    CANCEL,
    SSL,
    VERSION,
    Bind,
    Message,
    Parse,
    Unframer,
    cstring,
    encoded,
    fields_of,
)
from labkit.emulators.hyperdrive.protocol import Account, Edge
from tests.emulators.hyperdrives import Driver, Setting, kinds, said

ACCOUNT = Account("app", "secret", "shop")


def edge() -> Edge:
    return Edge(ACCOUNT, {"server_version": "15.0"}, (7, 8))


def start(user: str = "app", database: str = "shop", version: int = VERSION) -> bytes:
    names = ("user", user, "database", database)
    return Message("", version.to_bytes(4, "big") + b"".join(map(cstring, names)) + b"\0").encoded()


def replies(data: bytes) -> list[Message]:
    reader = Unframer(has_kind=True)
    reader.feed(data)
    return list(iter(reader.next, None))


def password(text: str = "secret") -> bytes:
    return Message("p", cstring(text)).encoded()


def refusal(*sent: bytes) -> tuple[str, str, str]:
    server = edge()
    step = [server.receive(each) for each in sent][-1]
    assert step.is_over
    fields = fields_of(replies(step.reply)[-1])
    return fields["S"], fields["C"], fields["M"]


def test_encryption_is_refused_with_one_letter_and_the_start_may_follow():
    server = edge()
    assert server.receive(Message("", SSL.to_bytes(4, "big")).encoded()).reply == b"N"
    assert kinds(replies(server.receive(start()).reply)) == "R"


def test_the_right_password_opens_the_connection():
    server = edge()
    server.receive(start())
    answers = replies(server.receive(password()).reply)
    assert kinds(answers) == "RSSKZ"
    assert answers[0].body == bytes(4)
    assert answers[-2].body == (7).to_bytes(4, "big") + (8).to_bytes(4, "big")
    assert answers[-1].body == b"I"


def test_a_wrong_password_and_an_unknown_user_are_refused_alike():
    words = ("FATAL", "28P01", 'password authentication failed for user "app"')
    assert refusal(start(), password("wrong")) == words
    assert refusal(start(user="eve"), password())[1:] == ("28P01", 'password authentication failed for user "eve"')


def test_an_unknown_database_is_refused():
    assert refusal(start(database="nope"), password()) == ("FATAL", "3D000", 'database "nope" does not exist')


def test_another_version_of_the_protocol_is_refused():
    assert refusal(start(version=2 << 16))[1:] == ("0A000", "unsupported frontend protocol 2.0")
    assert refusal(start(user=""))[1] == "28000"


def test_of_whom_nobody_knows_yet_no_more_is_kept_than_a_start_and_a_password_may_have():
    words = ("FATAL", "08P01", "invalid message length")
    assert refusal((10_001).to_bytes(4, "big")) == words
    assert refusal(start(), b"p" + (65_536).to_bytes(4, "big")) == words
    server = edge()
    assert not server.receive((10_000).to_bytes(4, "big")).is_over


def test_who_cancels_hears_nothing():
    step = edge().receive(Message("", CANCEL.to_bytes(4, "big") + bytes(8)).encoded())
    assert step.is_over and step.reply == b""


def test_a_message_of_no_known_kind_ends_the_connection():
    assert refusal(start(), password(), Message("@").encoded())[1:] == ("08P01", "invalid frontend message type 64")


@given(st.lists(st.integers(1, 40), max_size=20))
@settings(max_examples=30)
def test_however_bytes_are_cut_the_batches_are_the_same(cuts: list[int]):
    whole = start() + password() + encoded([Parse("", "select 1").message(), Message("S"), Message("Q", b"select 2\0")])
    server, batches = edge(), []
    while whole:
        size = cuts.pop() if cuts else len(whole)
        step, whole = server.receive(whole[:size]), whole[size:]
        batches += [kinds(batch) for batch in step.batches]
    assert batches == ["PS", "Q"]


def test_a_flush_with_nothing_after_it_asks_for_an_answer_and_one_before_a_sync_does_not():
    server = edge()
    server.receive(start() + password())
    parse, flush = Parse("", "select 1").message(), Message("H")
    assert [kinds(batch) for batch in server.receive(encoded([parse, flush])).batches] == ["PH"]
    assert [kinds(batch) for batch in server.receive(encoded([parse, flush, Message("S")])).batches] == ["PS"]


@given(st.binary(max_size=200), st.booleans())
@settings(max_examples=100)
def test_random_bytes_never_raise(data: bytes, signed_in: bool):
    server = edge()
    if signed_in:
        server.receive(start() + password())
    server.receive(data)
    server.receive(data)


MESSAGES = st.builds(Message, st.sampled_from("PBDECSHQXp"), st.binary(max_size=12) | st.sampled_from([
    Parse("", "select $1::int").message().body, Parse("s", "select * from users").message().body,
    Bind("", "", (), (b"1",), ()).message().body, Bind("", "s", (1,), (), (1,)).message().body, b"S\0", b"P\0",
    b"Ss\0", bytes(5),
    cstring("begin"), cstring("commit"), *map(cstring, ("select 'x", "insert into users values (1)")),
]))  # fmt: skip


@given(st.lists(MESSAGES, max_size=8))
@settings(max_examples=60)
def test_whatever_messages_a_driver_sends_each_sync_is_answered_and_no_connection_leaks(asked: list[Message]):
    setting = Setting()
    driver = setting.driver()
    answers = setting.run(driver.ask(*asked, Message("X")))
    ends = next((at for at, each in enumerate(asked) if each.kind in "Xp"), len(asked))
    assert kinds(answers).count("Z") <= sum(each.kind in "SQ" for each in asked[:ends])
    setting.advance(0.1)
    assert not [row for row in setting.hd.pool() if row["state"] == "busy"]
    assert setting.run(setting.driver().query("select count(*) from users"))


def test_after_an_error_nothing_is_answered_up_to_the_sync():
    setting = Setting()
    driver = setting.driver()
    wrong = Parse("", "select nope from users").message()
    bind, run = Bind("", "", (), (), ()).message(), Message("E", bytes(5))
    answers = setting.run(driver.ask(wrong, bind, run, run, Message("S")))
    assert kinds(answers) == "1EZ"
    assert said(answers) == ("42703", 'column "nope" does not exist')


def test_a_portal_gives_its_rows_in_portions():
    setting = Setting()
    driver = setting.driver()
    asked = [Parse("", "select id from users order by id").message(), Bind("", "", (), (), ()).message()]
    one = Message("E", b"\0" + (1).to_bytes(4, "big"))
    answers = setting.run(driver.ask(*asked, one, one, one, Message("S")))
    assert kinds(answers) == "12DsDsCZ"


def test_values_cross_as_binary_where_that_is_asked_for():
    setting = Setting()
    driver = setting.driver()
    parse = Parse("", "select age, age::float8, true from users where id = $1", (23,)).message()
    bind = Bind("", "", (1,), ((1).to_bytes(4, "big"),), (1,)).message()
    answers = setting.run(driver.ask(parse, bind, Message("E", bytes(5)), Message("S")))
    row = next(each.body for each in answers if each.kind == "D")
    assert row == b"\0\3" + b"\0\0\0\4\0\0\0\x24" + b"\0\0\0\x08\x40\x42\0\0\0\0\0\0" + b"\0\0\0\1\1"


def test_a_driver_that_is_turned_away_hears_why_before_the_end():
    setting = Setting()
    assert said(setting.run(Driver(setting).sign_in(password="wrong")))[0] == "28P01"
