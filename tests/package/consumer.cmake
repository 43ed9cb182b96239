# A project that finds the package, generates kernels, runs them, and is rebuilt no more than needed.
include(${CMAKE_CURRENT_LIST_DIR}/Steps.cmake)
copy_project(project consumer)
set(configure ${CMAKE_COMMAND} -S ${project} -B ${project}/build -G Ninja -D CMAKE_PREFIX_PATH=${PREFIX})
set(build ${CMAKE_COMMAND} --build ${project}/build)

step(out ${configure})
step(out ${build})
expect_generated("${out}" 2)
step(out ${project}/build/app_c)
expect_text("${out}" "40404")
step(out ${project}/build/app_cpp)
expect_text("${out}" "40404")
step(out ${CMAKE_CTEST_COMMAND} --test-dir ${project}/build --output-on-failure --no-tests=error)
step(out ${project}/build/blocks_benchmark 0.01)
expect_text("${out}" "GF/s")

# Nothing changed, even for a configuration that runs again: nothing to do.
step(out ${configure})
step(out ${build})
expect_text("${out}" "no work to do")

# One descriptor changed: that kernel only.
step(out ${configure} -D BLOCKS_PROBLEM=ic8ih10oc8kh3)
step(out ${build})
expect_generated("${out}" 1)
expect_text("${out}" "Generating convolution blocks")

# Other plans: the kernels that read them, by a changed file as by another environment when CMake runs.
file(WRITE ${project}/plans.json [[{"format": 1, "plans": []}]])
step(out ${configure} -D PLANS=${project}/plans.json)
step(out ${build})
expect_generated("${out}" 1)
step(out ${build})
expect_text("${out}" "no work to do")
file(WRITE ${project}/plans.json [[{"format": 1, "plans": [ ]}]])
step(out ${build})
expect_generated("${out}" 1)
step(out ${CMAKE_COMMAND} -E env CONVFORGE_PLANS=${project}/none.json ${build}) # the build's own environment is not asked
expect_text("${out}" "no work to do")
step(out ${CMAKE_COMMAND} -E env CONVFORGE_PLANS=${project}/plans.json CONVFORGE_MACHINE=haswell ${configure})
step(out ${build})
expect_generated("${out}" 2)
file(APPEND ${project}/plans.json "\n")
step(out ${build})
expect_generated("${out}" 2)
step(out ${configure} -D PLANS=)
step(out ${build})
expect_generated("${out}" 2)

# A descriptor that cannot be is refused at configure time (errors.cmake); where no generator is at hand then, as in ConvForge's own
# tree, the build stops with the same words, and leaves no file behind.
step(out ${configure} -D BLOCKS_PROBLEM=ic8ih10oc8kh30 -D LATE=ON)
file(REMOVE_RECURSE ${project}/build/convforge/blocks)
step(out ${configure})
failing_step(out ${build})
expect_text("${out}" "convforge_add_conv(blocks)")
expect_text("${out}" "PROBLEM: ")
expect_text("${out}" "oh")
file(GLOB left ${project}/build/convforge/blocks/*)
list(FILTER left EXCLUDE REGEX "request.txt$|_(test|benchmark).c$")
if(left)
  message(FATAL_ERROR "A kernel that cannot be made left behind: ${left}")
endif()
