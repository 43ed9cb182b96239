#!/usr/bin/env python3
"""That arrows.py sees what it looks for: trees of a few lines with one fault each."""
import unittest

from arrows import check, read_rooms, room_of

ROOMS = ["base", "generator/plan", "planner", "cli"]


def faults(**extra):
    files = {"base/error.hpp": "int e;\n", "generator/plan/plan.hpp": '#include "base/error.hpp"\n',
             "cli/main.cpp": '#include "plan/plan.hpp"\n#include <vector>\n'}
    return list(check({**files, **{k.replace("__", "/") + ".hpp": v for k, v in extra.items()}}, ROOMS))


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

    def test_the_longest_path_is_the_room(self):
        self.assertEqual(room_of("runtime/cuda/run.c", ["runtime", "runtime/cuda"]), "runtime/cuda")
        self.assertEqual(read_rooms("# no room\nbase  errors\n\ncli\n"), ["base", "cli"])


if __name__ == "__main__":
    unittest.main()
