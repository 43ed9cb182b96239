# Cross-builds the checker into WORK/checker.
include(${SOURCE}/tests/package/Steps.cmake)
step(out ${CMAKE_COMMAND} -S ${SOURCE}/tests/arm/checker -B ${WORK}/checker -G Ninja -D CMAKE_BUILD_TYPE=Release
  "-DVERIFY_SOURCES=${VERIFY_SOURCES}" "-DPROBLEM_SOURCES=${PROBLEM_SOURCES}"
  --toolchain ${SOURCE}/cmake/toolchains/aarch64-linux-gnu.cmake)
step(out ${CMAKE_COMMAND} --build ${WORK}/checker --target checker convforge_runtime)
