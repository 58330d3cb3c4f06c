"""Which states follow which, and which sets there are of them: said once, on the enum, and asked by everybody else."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

from common.states import HasStates, MayNotFollow, States, StateSet, Undecided
from members.enums import MemberStatus
from outbox.enums import LetterState
from projects.enums import FundingState, IntroductionState, Stage
from projects.figures.report import SAID
from projects.introductions.services import ANSWERS
from projects.models import ProjectFile
from projects.reminders.morning.villages import NEXT
from telecentres.enums import BookingStatus, WaitingStatus
from villages.enums import ProjectStage, VillageStatus

ROOT = Path(__file__).resolve().parent.parent
ENUMS = {enum.__name__: enum for enum in States.__subclasses__()}
OUR_APPS = ["outbox", "villages", "members", "telecentres", "projects"]
MODELS = [model for app in OUR_APPS for model in apps.get_app_config(app).get_models()]
SETS = [(enum, name) for enum in ENUMS.values() for name, held in vars(enum).items() if isinstance(held, StateSet)]
OF_WHICH_STAGE = {"TaskTemplate"}  # it names the stage of the files that it is for, and has none itself


def test_the_enums_of_states_are_found():
    assert {Stage, IntroductionState, FundingState, BookingStatus, WaitingStatus, MemberStatus, VillageStatus, LetterState} <= set(
        ENUMS.values()
    )
    assert (Stage, "open") in SETS


def test_every_model_with_a_state_moves_by_its_enum():
    states = {model: field.name for model in MODELS for field in model._meta.fields if field.name in ("state", "stage", "status")}
    assert {model.__name__ for model in states if not issubclass(model, HasStates)} == OF_WHICH_STAGE & {m.__name__ for m in states}
    ours = {model: name for model, name in states.items() if issubclass(model, HasStates)}
    assert ours == {model: model.state_field for model in MODELS if issubclass(model, HasStates)}
    for model, name in ours.items():
        assert model._meta.get_field(name).choices == model.states.choices


# ---- What a state added to an enum has to say ---------------------------------------------------------------------------


def with_one_more(enum: type[States]) -> type[States]:
    """A copy of the enum that has a state more, of which nothing is decided."""
    body = type(enum).__prepare__(enum.__name__, (States,))
    for state in enum:
        body[state.name] = state.value, state.label
    body["ADDED"] = "added", "added"
    for name, held in vars(enum).items():
        if isinstance(held, property):
            body[name] = held
        elif isinstance(held, StateSet):
            body[name] = StateSet(" ".join(held.inside), out=" ".join(held.out))
    return type(enum)(enum.__name__, (States,), body)


@pytest.mark.parametrize(("enum", "name"), SETS, ids=lambda value: getattr(value, "__name__", value))
def test_every_set_decides_about_every_state_and_an_added_one(enum, name):
    assert set(getattr(enum, name)()) < set(enum)
    with pytest.raises(Undecided, match=rf"{enum.__name__}\.{name}"):
        getattr(with_one_more(enum), name)()


@pytest.mark.parametrize("enum", ENUMS.values())
def test_every_state_says_what_may_follow_it_and_an_added_one_must(enum):
    assert all(state.next_states <= set(enum) for state in enum)
    if enum not in WITHOUT_ORDER:
        with pytest.raises(KeyError):
            _ = with_one_more(enum).ADDED.next_states


WITHOUT_ORDER = {FundingState, ProjectStage}  # any state may follow any other


def test_a_table_by_state_has_the_states_of_its_set():
    assert list(SAID) == sorted(IntroductionState.answers(), key=list(SAID).index)
    assert set(ANSWERS.values()) == set(IntroductionState.answers())
    assert set(NEXT) == set(IntroductionState.news_for_adviser())


def test_a_row_is_not_moved_where_its_state_does_not_lead():
    file = ProjectFile(stage=Stage.NEW)
    with pytest.raises(MayNotFollow):
        file.move(Stage.SETTLED)
    assert file.stage == Stage.NEW
    file.step(Stage.TO_QUALIFY)
    assert file.stage == Stage.TO_QUALIFY


# ---- Nobody else writes a state, or lists states ------------------------------------------------------------------------


@cache
def sources() -> dict[str, ast.Module]:
    files = [path for app in (*OUR_APPS, "sohosolo") for path in (ROOT / app).rglob("*.py")]
    files = [path.relative_to(ROOT) for path in files if not {"migrations", "embedded"} & set(path.parts)]
    return {str(path): ast.parse((ROOT / path).read_text(encoding="utf-8")) for path in files}


def fields_of(file: str) -> set[str]:
    """The names under which the states of an app stand; the roof writes in all apps."""
    app = Path(file).parts[0]
    return {model.state_field for model in MODELS if issubclass(model, HasStates) and app in (model._meta.app_label, "sohosolo")}


def writes(code: ast.AST, fields: set[str]) -> list[str]:
    """The lines that set a state: on a row, in an UPDATE, by its name."""
    found = []
    for part in ast.walk(code):
        match part:
            case ast.Attribute(attr=name, ctx=ast.Store()) if name in fields:
                found.append(part)
            case ast.Call(func=ast.Attribute(attr="update" | "aupdate"), keywords=facts) if named(facts) & fields:
                found.append(part)
            case ast.Call(func=ast.Name(id="setattr"), args=[_, ast.Constant(value=name), _]) if name in fields:
                found.append(part)
            case ast.Call(func=ast.Attribute(attr="bulk_update" | "update_or_create" | "save")) if texts(part) & fields:
                found.append(part)
    return [ast.unparse(part) for part in found]


def named(facts: list[ast.keyword]) -> set[str]:
    """The keywords of a call, those in a literal `**{…}` as well."""
    return {fact.arg for fact in facts if fact.arg} | {name for fact in facts if fact.arg is None for name in texts(fact.value)}


def texts(code: ast.AST) -> set[str]:
    return {part.value for part in ast.walk(code) if isinstance(part, ast.Constant) and isinstance(part.value, str)}


def test_a_state_is_written_by_its_models_move_alone():
    found = {file: lines for file, code in sources().items() if (lines := writes(code, fields_of(file)))}
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        "file.stage = Stage.NEW",
        "file.stage, file.stage_since = to, now",
        "rows.filter(pk=1).update(stage=to, at=now)",
        "rows.update(**{'stage': to})",
        "setattr(file, 'stage', to)",
        "file.save(update_fields=['stage', 'at'])",
        "rows.bulk_update(files, ['stage'])",
    ],
)
def test_a_planted_write_of_a_state_is_found(line):
    assert writes(ast.parse(line), {"stage"})
    assert not writes(ast.parse(line), {"status"})


def lists(code: ast.AST) -> list[str]:
    """The parts that name several states of one enum as a set of them: sequences, sets, tables, chains of comparisons."""
    names = {name: name for name in ENUMS}
    for part in ast.walk(code):
        if isinstance(part, ast.Assign) and isinstance(part.value, ast.Name) and part.value.id in ENUMS:
            names |= {target.id: part.value.id for target in part.targets if isinstance(target, ast.Name)}
    found = []
    for part in ast.walk(code):
        match part:
            case ast.List(elts=states) | ast.Tuple(elts=states) | ast.Set(elts=states):
                spoken = [state.value if isinstance(state, ast.Starred) else state for state in states]
            case ast.Dict(keys=states):
                spoken = [state for state in states if state]
            case ast.MatchOr(patterns=patterns):
                spoken = [pattern.value for pattern in patterns if isinstance(pattern, ast.MatchValue)]
            case ast.BoolOp(values=values):
                spoken = [state for value in values for state in compared(value)]
            case ast.BinOp(op=ast.BitOr()):
                spoken = [state for side in (part.left, part.right) for state in asked_in(side)]
            case _:
                continue
        told = [(enum, ast.unparse(state)) for state in spoken if (enum := enum_of(state, names))]
        if any(len({text for of, text in told if of == enum}) > 1 for enum, _text in told):
            found.append(ast.unparse(part))
    return found


def enum_of(code: ast.AST, names: dict[str, str]) -> str | None:
    """Of `Stage.NEW`, or of the set `Stage.open()`."""
    code = code.func if isinstance(code, ast.Call) else code
    is_of_a_name = isinstance(code, ast.Attribute) and isinstance(code.value, ast.Name)
    return names.get(code.value.id) if is_of_a_name else None


def compared(code: ast.AST) -> list[ast.expr]:
    """What `x.state` is compared with, once more or less."""
    is_one = isinstance(code, ast.Compare) and isinstance(code.ops[0], ast.Eq | ast.NotEq)
    return code.comparators if is_one and ast.unparse(code.left).endswith(("state", "stage", "status", "to")) else []


def asked_in(code: ast.AST) -> list[ast.expr]:
    """Of `Q(state=…)` with nothing beside it."""
    if isinstance(code, ast.BinOp) and isinstance(code.op, ast.BitOr):
        return [*asked_in(code.left), *asked_in(code.right)]
    is_one = isinstance(code, ast.Call) and ast.unparse(code.func) == "Q" and len(code.keywords) == 1 and not code.args
    return [code.keywords[0].value] if is_one else []


TABLES = {  # by state, for exactly the states of a set: see above
    "projects/figures/report.py",
    "projects/reminders/morning/villages.py",
}


def test_no_list_of_states_stands_beside_the_enum():
    found = {}
    for file, code in sources().items():
        lines = lists(code) if Path(file).name != "enums.py" else []
        tables = [line for line in lines if line.startswith("{") and ":" in line]
        lines = [line for line in lines if line not in tables] if file in TABLES or "demo" in file else lines
        if lines:
            found[file] = lines
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        "OVER = [FundingState.PAID, FundingState.REFUSED]",
        "BUSY = Stage.NEW, Stage.TO_QUALIFY",
        "SHARED_NOW = {*IntroductionState.live(), IntroductionState.LATER}",
        "State = IntroductionState\nNEXT = {State.LATER: 'wait', State.DECLINED: 'tell'}",
        "rows.filter(Q(stage=Stage.PAUSED) | Q(stage=Stage.CLOSED))",
        "if to != Stage.CLOSED and to != Stage.ANONYMISED: pass",
        "match stage:\n    case Stage.CLOSED | Stage.ANONYMISED: pass",
    ],
)
def test_a_planted_list_of_states_is_found(line):
    assert lists(ast.parse(line))


@pytest.mark.parametrize("line", ["[Stage.NEW]", "Stage.open()", "(Stage.NEW, IntroductionState.SENT)", "{'to': Stage.NEW}"])
def test_one_state_or_one_set_is_no_list(line):
    assert not lists(ast.parse(line))


SEVERAL = re.compile(r"""\{%(?:(?!%\}).)*\.(?:state|stage|status) *[!=]= *"(?:(?!%\}).)*\.(?:state|stage|status) *[!=]= *".*%\}""")


def test_no_template_lists_states():
    assert SEVERAL.search('{% if file.stage == "new" or file.stage == "to_qualify" %}')
    pages = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.*")}
    assert "templates/base.html" in pages
    assert [name for name, page in pages.items() if SEVERAL.search(page)] == []
