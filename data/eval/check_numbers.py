#!/usr/bin/env python3
"""Scores `wenshu figures --jsonl` on numeral cases.

  check_numbers.py CASES.jsonl FIGURES.jsonl [--min SHARE] [--wrong]

A case is right when every expected value is among the figures of its text, in order. Cases of the kinds
number, percentage and currency count; every miss has to be named, with a reason, in numbers-misses.toml.
"""
import argparse, collections, decimal, json, pathlib, sys, tomllib

COUNTED = ("NumberModel", "PercentModel", "NumberPercent", "Percentage", "CurrencyModel", "Currency")

def value(text):
    text = str(text).replace("%", "").replace(",", "")
    try:
        return decimal.Decimal(text)
    except decimal.InvalidOperation:
        return None

def right(expected, figures):
    found = iter(figures)
    for want in expected:
        number = value(want.get("value"))
        if number is None:
            continue
        if not any(got is not None and abs(got - number) <= abs(number) * decimal.Decimal("1e-6") for got in (value(v) for f in found for v in (f["value"], f.get("high") or f["value"]))):
            return False
    return True

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cases"); parser.add_argument("figures")
    parser.add_argument("--min", type=float, default=0.0)
    parser.add_argument("--wrong", action="store_true")
    options = parser.parse_args()
    figures = {json.loads(line)["id"]: json.loads(line)["figures"] for line in open(options.figures, encoding="utf-8")}
    known = tomllib.loads((pathlib.Path(__file__).parent / "numbers-misses.toml").read_text(encoding="utf-8"))["miss"]
    tally = collections.defaultdict(collections.Counter)
    unnamed = []
    for line in open(options.cases, encoding="utf-8"):
        case = json.loads(line)
        kind = case["id"].rsplit("-", 1)[0]
        ok = right(case["expected"], figures.get(case["id"], []))
        tally[kind]["right"] += ok
        tally[kind]["all"] += 1
        if not ok:
            if case["id"] not in known:
                unnamed.append(case["id"])
            if options.wrong:
                print(case["id"], case["input"][:60], [e["value"] for e in case["expected"]], [f["text"] + "=" + f["value"] for f in figures.get(case["id"], [])])
    for kind, counts in sorted(tally.items()):
        print(f"{kind:24} {counts['right']}/{counts['all']}")
    counted = [counts for kind, counts in tally.items() if kind.startswith(COUNTED)]
    share = sum(c["right"] for c in counted) / max(1, sum(c["all"] for c in counted))
    print(f"value {share:.3f} of numbers, percentages and money; misses without a reason: {len(unnamed)} {unnamed[:5]}")
    sys.exit(share < options.min or bool(unnamed))

main()
