"""Tiny random models of transformers, with a tokenizer of their own.

The heavy imports wait for the call that needs them: most tests need no model.
"""

from __future__ import annotations

from pathlib import Path

TEXTS = [
    (
        "how many singers are from the united states and netherlands, and which songs sold most "
        "in a year"
    ),
    (
        "show the name, country and age of all singers; average capacity of each stadium; "
        "first name, "
        "title, genre, sales, city, concert"
    ),
]
SQL = (
    (
        "SELECT name , COUNT(*) FROM singer JOIN song ON singer.id = song.singer_id WHERE "
        "country = "
        "'France' AND age > 20 ORDER BY DESC"
    ),
    (
        "SELECT title, genre FROM song; sales >= 3.5 <> 'x'; LIMIT 10 NONE DISTINCT AVG(capacity) "
        "stadium HAVING"
    ),
)
CHAT = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}</s>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def write_tokenizer(folder: Path, *, chat: bool, narrow: bool) -> int:
    """A byte-level tokenizer; a narrow one knows no `<` and adds its end token, as T5's does.
    Returns its size.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE(unk_token="<unk>"))
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    special = ["<pad>", "</s>", "<unk>", "<|user|>", "<|assistant|>"]
    alphabet = sorted(set(pre_tokenizers.ByteLevel.alphabet()) - set("<>" if narrow else ""))
    texts = [text.replace("<", "").replace(">", "") for text in (*TEXTS, *SQL)]
    trainer = trainers.BpeTrainer(
        vocab_size=480, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    bpe.train_from_iterator(texts, trainer)
    if narrow:
        bpe.post_processor = processors.TemplateProcessing(
            single="$A </s>", special_tokens=[("</s>", 1)]
        )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=bpe, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )
    fast.chat_template = CHAT if chat else None
    fast.save_pretrained(folder)
    return len(fast)


def write_text_model(folder: Path, kind: str, seed: int = 0, **sizes: int) -> Path:
    """A tiny random model that transformers can load: kind is t5, llama or chat (a llama with a
    chat template). `sizes` replace those of a llama.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, T5Config, T5ForConditionalGeneration

    size = write_tokenizer(folder, chat=kind == "chat", narrow=kind == "t5")
    torch.manual_seed(seed)
    if kind == "t5":
        shape = {
            "d_model": 32,
            "d_kv": 8,
            "d_ff": 48,
            "num_layers": 2,
            "num_heads": 4,
            "dropout_rate": 0.0,
        }
        model = T5ForConditionalGeneration(
            T5Config(
                vocab_size=size, pad_token_id=0, eos_token_id=1, decoder_start_token_id=0, **shape
            )
        )
    else:
        shape = {
            "hidden_size": 32,
            "intermediate_size": 48,
            "num_hidden_layers": 3,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
        }
        shape |= {
            "pad_token_id": 0,
            "eos_token_id": 1,
            "bos_token_id": None,
            "initializer_range": 0.2,
        }
        model = LlamaForCausalLM(LlamaConfig(vocab_size=size, **(shape | sizes)))
    model.save_pretrained(folder)
    return folder
