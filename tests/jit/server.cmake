# Runs the example jit_server twice on one cache: the first time it compiles, the second time it reads.
file(REMOVE_RECURSE ${work}/server-cache)
file(WRITE ${work}/problems.txt "ic3ih16oc4kh3 --epilogue bias,relu\nic3ih16oc4kh3 --layout nchw\nic0\n")
foreach(origin IN ITEMS compiled disk)
  execute_process(COMMAND ${server} ${picture} ${work}/server-cache INPUT_FILE ${work}/problems.txt
    OUTPUT_VARIABLE output RESULT_VARIABLE status)
  string(REGEX MATCHALL "(^|\n)${origin} " found "${output}")
  list(LENGTH found count)
  if(NOT status EQUAL 0 OR NOT count EQUAL 2 OR NOT output MATCHES "ic0: oc: missing")
    message(FATAL_ERROR "expected two kernels from ${origin} and an error for ic0:\n${output}")
  endif()
endforeach()
