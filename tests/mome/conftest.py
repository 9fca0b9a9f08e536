"""A small catalog of singers and concerts in four dialects, a linker over it, and a tiny random
model that reads it.

The heavy imports wait for the fixture that needs them: most tests of `mome` need no model.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tiny_text_models import TEXTS, write_text_model

from mome.catalog import Catalog, Column, ForeignKey, Table
from mome.linking.slice import Linker, Slice

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

    from mome.backbones.bundled.tokens import OutputVocabulary

ENGINES = {"sqlite": "sqlite", "duckdb": "duckdb", "postgres": "postgresql", "mysql": "mysql"}
STORED = (
    ("singer", "name", ["Joe Sharp", "Timbaland", "Justin Brown"]),
    ("singer", "country", ["France", "United States", "Netherlands"]),
    ("song", "genre", ["pop", "rock", "hip hop"]),
    ("stadium", "city", ["Paris", "Glasgow", "France"]),
)


def table(
    name: str, columns: str, keys: dict[str, str] | None = None, *, schema: str | None = None
) -> Table:
    """A table of columns such as `id integer!, name text`, where ! marks the primary key; keys as
    {"singer_id": "singer.id"}.
    """
    pairs = [column.rsplit(" ", 1) for column in columns.split(", ")]
    made = tuple(
        Column(column, family.rstrip("!").upper(), family.rstrip("!")) for column, family in pairs
    )
    primary = tuple(column for column, family in pairs if family.endswith("!"))
    foreign = tuple(
        ForeignKey((column,), *_target(target)) for column, target in (keys or {}).items()
    )
    return Table(schema, name, "table", None, 10, made, primary_key=primary, foreign_keys=foreign)


def _target(place: str) -> tuple[str, tuple[str]]:
    owner, _, column = place.rpartition(".")
    return owner, (column,)


def catalog(*tables: Table, dialect: str = "sqlite") -> Catalog:
    """A catalog of these tables."""
    return Catalog(dialect, ENGINES[dialect], f"{dialect}://", "fingerprint", tables)


def concerts(dialect: str = "sqlite") -> Catalog:
    """Singers, songs, stadiums, concerts and who sang there; a table with awkward names, and one
    that no key reaches.
    """
    sex = Column("sex", "TEXT", "text", values=("F", "M"), values_complete=True)
    singer = table("singer", "id integer!, name text, country text, age integer")
    return catalog(
        Table(None, "singer", "table", None, 10, (*singer.columns, sex), primary_key=("id",)),
        table(
            "song",
            "id integer!, singer_id integer, title text, genre text, sales number",
            {"singer_id": "singer.id"},
        ),
        table("stadium", "id integer!, name text, city text, capacity integer"),
        table(
            "concert",
            "id integer!, stadium_id integer, year integer, held date",
            {"stadium_id": "stadium.id"},
        ),
        table(
            "performance",
            "concert_id integer, singer_id integer",
            {"concert_id": "concert.id", "singer_id": "singer.id"},
        ),
        table(
            "Order Line",
            "Id integer!, First Name text, order integer, CamelCase text, singer_id integer",
            {"singer_id": "singer.id"},
        ),
        table("lonely", "word text, size integer"),
        dialect=dialect,
    )


@pytest.fixture(scope="session")
def make_table() -> Callable[..., Table]:
    """`make_table(name, columns, keys, schema=None)`, see `table`."""
    return table


@pytest.fixture(scope="session")
def make_catalog() -> Callable[..., Catalog]:
    """`make_catalog(*tables, dialect="sqlite")`."""
    return catalog


@pytest.fixture(scope="session")
def make_concerts() -> Callable[..., Catalog]:
    """`make_concerts(dialect="sqlite")`, see `concerts`."""
    return concerts


@pytest.fixture(scope="session")
def make_linker() -> Callable[..., Linker]:
    """`make_linker(dialect="sqlite")`: over the concerts, with stored values."""
    return lambda dialect="sqlite": Linker(concerts(dialect), STORED)


class ByteTokens:
    """A vocabulary for llguidance whose tokens are bytes."""

    eos_token_id = 256
    bos_token_id = None
    tokens = (*(bytes([value]) for value in range(256)), b"<end>")
    special_token_ids = (256,)

    def __call__(self, text: str | bytes) -> list[int]:
        return list(text.encode() if isinstance(text, str) else text)


@pytest.fixture(scope="session")
def accepts_form() -> Callable[[Catalog, str], bool]:
    """Whether the grammar over all tables of a catalog accepts a form."""
    from llguidance import LLMatcher, LLTokenizer, TokenizerWrapper

    from mome.grammar.form_grammar import form_grammar

    tokenizer = LLTokenizer(TokenizerWrapper(ByteTokens()))

    def accepts(catalog: Catalog, form: str) -> bool:
        matcher = LLMatcher(tokenizer, form_grammar(Slice.whole(catalog).tables, catalog.dialect))
        assert not matcher.is_error(), matcher.get_error()
        ids = list(form.encode())
        return matcher.try_consume_tokens(ids) == len(ids) and matcher.is_accepting()

    return accepts


@pytest.fixture(scope="session")
def linker() -> Linker:
    """Over the concerts in SQLite, with stored values."""
    return Linker(concerts(), STORED)


def word_pieces() -> Tokenizer:
    """A BERT-style tokenizer that knows the concerts' words."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[unused1]"]
    tokenizer.train_from_iterator(
        TEXTS,
        trainers.WordPieceTrainer(vocab_size=149, special_tokens=special, show_progress=False),
    )
    return tokenizer


def write_bundled(folder: Path, seed: int = 0, std: float = 0.3) -> Path:
    """A tiny random model of the bundled kind, which likes to come to an end."""
    import torch

    from mome.backbones.bundled.config import BundledConfig
    from mome.backbones.bundled.model import BundledModel
    from mome.backbones.bundled.stored_model import save_model
    from mome.backbones.bundled.tokens import CLOSE, END, OutputVocabulary
    from mome.pretrain.new_model import train_pieces

    tokenizer = word_pieces()
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    train_pieces(TEXTS).save(str(folder / "pieces.json"))
    torch.manual_seed(seed)
    sizes = {"d_model": 32, "encoder_layers": 1, "decoder_layers": 2, "heads": 2, "d_ff": 64}
    vocabulary = OutputVocabulary.load(folder)
    sizes |= {"encoder_vocab_size": tokenizer.get_vocab_size(), "output_size": vocabulary.size}
    model = BundledModel(BundledConfig(**sizes))
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=std)
    with torch.no_grad():
        model.bias[[END, CLOSE, vocabulary.names.index(")")]] += 20 * std
    save_model(model, folder)
    return folder


@pytest.fixture(scope="session")
def make_bundled() -> Callable[..., Path]:
    """`make_bundled(folder, seed=0, std=0.3)` writes a tiny random model of the bundled kind."""
    return write_bundled


@pytest.fixture(scope="session")
def bundled_folder(one_thread: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny random model of the bundled kind; leave it as it is."""
    return write_bundled(tmp_path_factory.mktemp("bundled"))


@pytest.fixture(scope="session")
def vocabulary(bundled_folder: Path) -> OutputVocabulary:
    """Of the tiny bundled model."""
    from mome.backbones.bundled.tokens import OutputVocabulary

    return OutputVocabulary.load(bundled_folder)


@pytest.fixture(scope="session")
def one_thread() -> Iterator[None]:
    """One thread: the sums of several may differ in the last bit from run to run."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def snapshot() -> Callable[[Path], dict[str, str]]:
    """What a memory's folder holds, but for locks and what is unfinished: every file with its
    content's hash, through links too.
    """

    def files(folder: Path) -> dict[str, str]:
        paths = [
            path
            for root in (folder, folder / "current")
            for path in sorted(root.rglob("*"))
            if path.is_file()
        ]
        found = {
            str(path.relative_to(folder)): path
            for path in paths
            if path.suffix != ".lock" and path.name != "lock"
        }
        found = {name: path for name, path in found.items() if not name.startswith("unfinished")}
        return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()}

    return files


@pytest.fixture(scope="session")
def text_folders(one_thread: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of tiny random text models by kind: t5, llama, chat; leave them as they are."""
    return {
        kind: write_text_model(tmp_path_factory.mktemp(kind), kind)
        for kind in ("t5", "llama", "chat")
    }


@pytest.fixture
def fit() -> Callable[..., None]:
    """`fit(model, answer_logits, rate)` trains the whole tiny model until every token of the
    answers is all but certain.
    """
    return fit_answers


def fit_answers(
    model: torch.nn.Module,
    answer_logits: Callable[[], tuple[torch.Tensor, torch.Tensor]],
    rate: float,
) -> None:
    """Certain in every token and not in the mean: one weak token is enough for another answer."""
    import torch

    from mome.memory.recall import token_chances

    optimizer = torch.optim.Adam(model.requires_grad_(True).parameters(), lr=rate)
    for _ in range(1000):
        logs = token_chances(*answer_logits())
        if logs.min().exp() > 0.97:
            break
        optimizer.zero_grad()
        (-logs.sum()).backward()
        optimizer.step()
    else:
        pytest.fail("a tiny model does not learn its answers")
    model.requires_grad_(False)
