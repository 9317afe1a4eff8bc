#!/usr/bin/python3
"""Compares a number in a JSON file with two limits. A plugin as sites write them, with argparse and json."""

import argparse
import json
import sys

STATES = ("OK", "WARNING", "CRITICAL")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-f", "--file", required=True)
    parser.add_argument("-k", "--key", required=True, help="names separated by dots")
    parser.add_argument("-w", "--warning", type=float, required=True)
    parser.add_argument("-c", "--critical", type=float, required=True)
    options = parser.parse_args()
    try:
        with open(options.file, encoding="utf-8") as file:
            value = json.load(file)
        for name in options.key.split("."):
            value = value[name]
    except (OSError, ValueError, KeyError) as error:
        print(f"JSON UNKNOWN - {error!r}")
        return 3
    state = (value > options.warning) + (value > options.critical)
    limits = f"{options.warning:g};{options.critical:g}"
    print(f"JSON {STATES[state]} - {options.key} is {value} | {options.key}={value};{limits}")
    return state


sys.exit(main())
