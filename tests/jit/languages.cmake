# C++ headers in a language that they do not take: the first error says so. Needs compiler, jit and runtime (include directories).
include(${CMAKE_CURRENT_LIST_DIR}/../package/Steps.cmake)
function(expect_refusal header part)
  failing_step(out ${CMAKE_COMMAND} -E env LC_ALL=C ${compiler} -fsyntax-only ${ARGN}
    -I${runtime} -I${jit} -x c++ -include ${header} /dev/null)
  string(REGEX MATCH "error:[^\n]*" first "${out}")
  expect_text("${first}" "${part}")
endfunction()

expect_refusal(convforge/jit.hpp "convforge/jit.hpp needs C++20" -std=c++17)
expect_refusal(convforge/jit.hpp "convforge/jit.hpp needs exceptions" -std=c++20 -fno-exceptions)
expect_refusal(convforge/convforge.hpp "convforge/convforge.hpp needs C++17" -std=c++14)
expect_refusal(convforge/convforge.hpp "convforge/convforge.hpp needs exceptions" -std=c++17 -fno-exceptions)
step(out ${compiler} -fsyntax-only -std=c++14 -fno-exceptions -I${runtime} -I${jit} -x c++ -include convforge/jit.h /dev/null)
step(out ${compiler} -fsyntax-only -std=c++17 -I${runtime} -x c++ -include convforge/convforge.hpp /dev/null)
