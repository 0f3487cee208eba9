"""Writes what Hugging Face's tokenizers make of odd prompts, with transformers:

python make_tokens.py ../resources ../resources/text/tokens.json
"""

import json
import sys
from pathlib import Path

import tokenizers
import transformers

FOLDER, TARGET = Path(sys.argv[1]), Path(sys.argv[2])
PROMPTS = [
    "",
    " ",
    "a photo of a cat",
    "  An OIL painting\tof\n people  around a campfire ",
    "It's the artist's 1st work, isn't it?! (don't-ask) #42 @home 50% $3.99...",
    "café crème à la Noël, naïve façade; ＦＵＬＬ ｗｉｄｔｈ ﬁ ½ ™ İstanbul ΣΊΣΥΦΟΣ straße",
    "e\u0301 versus é, and n\u0303 versus ñ: Zalgo t\u0335\u0310e\u0353x\u0310t",
    "🐈‍⬛ sits on a 🛋️ 👨‍👩‍👧‍👦 flag 🇩🇪 skin 👍🏽 ❤️",
    "一只猫坐在沙发上，水墨画 日本語のテキスト 한국어 문장 עברית العربية ภาษาไทย",
    "zero\u200bwidth no\u00a0break soft\u00adhyphen \u3000ideographic\u2003em bell\u0007 nul\u0000end",
    "<pad> </s> <unk> <extra_id_0> <|startoftext|> <|endoftext|> ▁ </w> [PAD]",
    "a very long prompt, 8k, trending " * 12 + "the end",
    "supercalifragilisticexpialidocious" * 9,
    "word " * 74 + "last",
    "word " * 75 + "last",
    "word " * 76 + "last",
    # Without U+0085, which transformers 5 takes for a blank, unlike tokenizer.json and SentencePiece.
    "\ufeff\ufffd\U0001d4d0\U000e0041 \u2028line\u2029 \x7f mixed КИРИЛЛИЦА and ελληνικά",
]


def ids(tokenizer, prompt):
    return tokenizer(
        prompt, padding="max_length", max_length=77, truncation=True
    )


t5 = transformers.T5Tokenizer.from_pretrained(FOLDER / "tiny-if" / "stage1" / "tokenizer")
clip = transformers.CLIPTokenizer.from_pretrained(FOLDER / "tokenizers" / "clip")
content = {
    "reference": f"transformers {transformers.__version__}, tokenizers {tokenizers.__version__}",
    "prompts": [
        {
            "text": prompt,
            **{
                name: {
                    "input_ids": made["input_ids"],
                    "attention_mask": made["attention_mask"],
                }
                for name, made in (("t5", ids(t5, prompt)), ("clip", ids(clip, prompt)))
            },
        }
        for prompt in PROMPTS
    ],
}
TARGET.parent.mkdir(parents=True, exist_ok=True)
TARGET.write_text(json.dumps(content, separators=(",", ":")) + "\n", encoding="ascii")
