#!/usr/bin/env bash
# scripts/count.sh REPORT...: adds up CTest's JUnit reports and prints "N passed, N failed[, N skipped]". A report that is
# not there, because its build failed, counts as one failure. Exits 1 if anything failed.
set -euo pipefail

# A report begins with the counts: <testsuite ... tests="5" failures="0" disabled="0" skipped="1" ...
count() { sed -n "s/.*[[:space:]]$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }

passed=0 failed=0 skipped=0
for report in "$@"; do
  if [ ! -f "$report" ]; then
    echo "$report: no such report" >&2
    failed=$((failed + 1))
    continue
  fi
  left_out=$(($(count "$report" skipped) + $(count "$report" disabled)))
  failures=$(count "$report" failures)
  passed=$((passed + $(count "$report" tests) - failures - left_out))
  failed=$((failed + failures)) skipped=$((skipped + left_out))
done
echo "$passed passed, $failed failed$([ "$skipped" = 0 ] || echo ", $skipped skipped")"
[ "$failed" = 0 ]
