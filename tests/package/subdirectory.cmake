# ConvForge as a folder of another project, with the generator named by CONVFORGE_EXECUTABLE, as a cross build must: only what
# programs link is built.
include(${CMAKE_CURRENT_LIST_DIR}/Steps.cmake)
copy_project(project subdirectory)
step(out ${CMAKE_COMMAND} -S ${project} -B ${project}/build -G Ninja
  -D CONVFORGE_SOURCE=${SOURCE} -D CONVFORGE_EXECUTABLE=${PREFIX}/bin/convforge)
step(out ${CMAKE_COMMAND} --build ${project}/build)
step(out ${CMAKE_CTEST_COMMAND} --test-dir ${project}/build --output-on-failure --no-tests=error)
