#!/usr/bin/env python3
"""That arrows.py sees what it looks for: trees of a few lines with one fault each."""
import unittest

from arrows import check, read_rooms, room_of

ROOMS = ["base", "generator/plan", "planner", "cli"]


def faults(same_thing=frozenset(), **extra):
    files = {"base/error.hpp": "int e;\n", "generator/plan/plan.hpp": '#include "base/error.hpp"\n',
             "cli/main.cpp": '// The program.\n#include "plan/plan.hpp"\n#include <vector>\n'}
    named = {k.replace("__", "/").replace("_dot_", "."): v for k, v in extra.items()}
    return list(check({**files, **{k if "." in k else k + ".hpp": v for k, v in named.items()}}, ROOMS, same_thing))


class Arrows(unittest.TestCase):
    def test_down_is_fine(self):
        self.assertEqual(faults(), [])

    def test_up_is_a_fault(self):
        self.assertIn("from base to generator/plan", faults(base__up='#include "plan/plan.hpp"\n')[0])
        self.assertIn("from planner to cli", faults(planner__a='#include "../cli/b.hpp"\n', cli__b="")[0])
        self.assertIn("from planner to cli", faults(planner__a='#  include <cli/b.hpp>\n', cli__b="")[0])

    def test_files_outside_of_rooms_and_long_ones(self):
        self.assertIn("in no room", faults(attic__a="")[0])
        self.assertIn("301 lines", faults(base__a="\n" * 301)[0])

    def test_a_source_without_a_header_says_what_it_is(self):
        self.assertIn("planner/a.cpp: no header", faults(planner__a_dot_cpp="int a;\n")[0])
        self.assertIn("planner/a.c: no header", faults(planner__a_dot_c="int a;\n", base__b="")[0])
        self.assertEqual(faults(planner__a_dot_c="/* A number. */\nint a;\n"), [])
        self.assertEqual(faults(planner__a_dot_cpp="int a;\n", planner__a=""), [])

    def test_a_base_name_has_one_room(self):
        self.assertIn("error: a file in each of base, planner", faults(planner__error="")[0])
        self.assertEqual(faults({"error"}, planner__error=""), [])
        self.assertIn("SAME_THING lists it", faults({"error"})[0])

    def test_the_longest_path_is_the_room(self):
        self.assertEqual(room_of("runtime/cuda/run.c", ["runtime", "runtime/cuda"]), "runtime/cuda")
        self.assertEqual(read_rooms("# no room\nbase  errors\n\ncli\n"), ["base", "cli"])


if __name__ == "__main__":
    unittest.main()
