# examples/cuda as a user builds it: with machine code embedded, and with PTX alone. It starts without a driver, and runs with
# a driver that stands in for one: the emulator computes the layer from its PTX, the recorder takes the machine code.
include(${CMAKE_CURRENT_LIST_DIR}/Steps.cmake)

# With ptxas (a path; empty: none); the generated header says what is embedded.
function(build_example name ptxas embedded)
  file(REMOVE_RECURSE ${WORK}/${name})
  file(COPY ${SOURCE}/examples/cuda/ DESTINATION ${WORK}/${name})
  set(environment ${CMAKE_COMMAND} -E env CONVFORGE_PTXAS=${ptxas})
  step(out ${environment} ${CMAKE_COMMAND} -S ${WORK}/${name} -B ${WORK}/${name}/build -G Ninja
    -D CMAKE_PREFIX_PATH=${PREFIX} -D CMAKE_BUILD_TYPE=Release -D CMAKE_COMPILE_WARNING_AS_ERROR=ON)
  step(out ${environment} ${CMAKE_COMMAND} --build ${WORK}/${name}/build)
  expect_generated("${out}" 1)
  file(READ ${WORK}/${name}/build/convforge/layer/layer.h header)
  expect_text("${header}" "cuda-sm80 ${embedded}")
endfunction()

# Runs the example; more arguments: NAME=VALUE of the environment. It must answer `status` and say `text`.
function(run_example name status text)
  execute_process(COMMAND ${CMAKE_COMMAND} -E env CONVFORGE_VERBOSE=1 ${ARGN} ${WORK}/${name}/build/cuda_example
    RESULT_VARIABLE result OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT "${result}" STREQUAL "${status}")
    message("${out}")
    message(FATAL_ERROR "The example answered ${result}, not ${status}")
  endif()
  expect_text("${out}" "${text}")
  set(out "${out}" PARENT_SCOPE)
endfunction()

# A folder for LD_LIBRARY_PATH whose libcuda.so.1 is this library.
function(make_driver name library)
  file(REMOVE_RECURSE ${WORK}/${name})
  file(MAKE_DIRECTORY ${WORK}/${name})
  file(COPY_FILE ${library} ${WORK}/${name}/libcuda.so.1)
endfunction()
make_driver(emulator ${EMULATOR})
make_driver(recorder ${RECORDER})
set(no_driver "skipped: no CUDA device (the CUDA driver is not installed, or finds no GPU)")

build_example(cuda_ptx "" "(PTX)")
run_example(cuda_ptx 77 "${no_driver}" CONVFORGE_CUDA_DRIVER=/nonexistent/libcuda.so)
run_example(cuda_ptx 0 "on the GPU: largest error" LD_LIBRARY_PATH=${WORK}/emulator)
expect_text("${out}" "as PTX")

if(NOT EXISTS "${PTXAS}")
  if(DEFINED ENV{CONVFORGE_REQUIRE_TOOLS})
    message(FATAL_ERROR "no ptxas: scripts/deps.sh --cuda installs it")
  endif()
  message("no ptxas: machine code is not tested")
  return()
endif()
build_example(cuda_cubin ${PTXAS} "(cubin and PTX)")
run_example(cuda_cubin 77 "${no_driver}" CONVFORGE_CUDA_DRIVER=/nonexistent/libcuda.so)
# The recorder computes nothing, so the comparison fails (1); what counts is what it was asked.
run_example(cuda_cubin 1 "as cubin" LD_LIBRARY_PATH=${WORK}/recorder FAKE_CUDA_PRINT=1)
foreach(text IN ITEMS "load ELF" "function layer_cuda_sm80" "launch layer_cuda_sm80 grid " "to host")
  expect_text("${out}" "${text}")
endforeach()
# Machine code that the driver refuses: the PTX beside it.
run_example(cuda_cubin 0 "as PTX" LD_LIBRARY_PATH=${WORK}/emulator)
