# Cross-builds the checker into WORK/checker.
include(${SOURCE}/tests/package/Steps.cmake)
string(REPLACE ";" "," oracle_sources "${ORACLE_SOURCES}")
step(out ${CMAKE_COMMAND} -S ${SOURCE}/tests/arm/checker -B ${WORK}/checker -G Ninja -D CMAKE_BUILD_TYPE=Release
  -D ORACLE_SOURCES=${oracle_sources}
  --toolchain ${SOURCE}/cmake/toolchains/aarch64-linux-gnu.cmake)
step(out ${CMAKE_COMMAND} --build ${WORK}/checker --target checker convforge_runtime)
