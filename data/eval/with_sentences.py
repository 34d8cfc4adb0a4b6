#!/usr/bin/env python3
"""Writes a question set of this folder with the sentences its spans point to, as the judge reads it.

  with_sentences.py SET.jsonl REPORTS [SEEDS] > QUESTIONS.jsonl

REPORTS and SEEDS are folders that hold the reports the questions name. A report is read as UTF-8, or as GB18030 where
it is no UTF-8; a span is a byte range of that text in UTF-8, without a byte order mark.
"""
import json, pathlib, sys


def text(name, folders):
    path = next(folder / name for folder in folders if (folder / name).exists())
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def cut(report, start, end, folders):
    return text(report, folders).encode()[start:end].decode()


def main():
    folders = [pathlib.Path(folder) for folder in sys.argv[2:]]
    for line in open(sys.argv[1], encoding="utf-8"):
        question = json.loads(line)
        if "span" in question:
            question["sentence"] = cut(question["report"], *question["span"], folders)
        question["also_in"] = [cut(*also, folders) for also in question.pop("also", [])]
        print(json.dumps(question, ensure_ascii=False))


main()
