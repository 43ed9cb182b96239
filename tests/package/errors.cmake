# Calls of convforge_add_conv that cannot be meant: an error at configure time that names the argument.
include(${CMAKE_CURRENT_LIST_DIR}/Steps.cmake)
copy_project(project errors)

function(expect_error call message)
  failing_step(out ${CMAKE_COMMAND} -S ${project} -B ${project}/build -G Ninja -D CMAKE_PREFIX_PATH=${PREFIX} "-DCALL=${call}")
  expect_text("${out}" "convforge_add_conv(")
  expect_text("${out}" "${message}")
endfunction()

expect_error("conv1|TARGETS|host" "PROBLEM is missing")
expect_error("conv1|PROBLEM|ic3ih8oc4kh3" "TARGETS is missing")
expect_error("conv1|PROBLEM|TARGETS|host" "PROBLEM has no value")
expect_error("conv1|PROBLEM|ic3ih8oc4kh3|TARGETS|host|LAYUOT|nhwc" "LAYUOT")
expect_error("conv1|PROBLEM|ic3ih8oc4kh3|EPILOGUE|bias|relu|TARGETS|host" "unknown argument relu")
expect_error("conv1|PROBLEM|ic3ih8oc4kh3|TARGETS|host|x86-64-avx2" "host must stand alone")
expect_error("conv-1|PROBLEM|ic3ih8oc4kh3|TARGETS|host" "must be a C identifier")
expect_error("taken|PROBLEM|ic3ih8oc4kh3|TARGETS|host" "exists already")
