# Two shared libraries with kernels of one name, built apart and loaded into one program: each runs its own.
include(${CMAKE_CURRENT_LIST_DIR}/Steps.cmake)
copy_project(project plugins)

function(build name problem visibility)
  set(build ${project}/${name}${visibility})
  set(preset "")
  if(visibility)
    set(preset -D CMAKE_C_VISIBILITY_PRESET=${visibility})
  endif()
  step(out ${CMAKE_COMMAND} -S ${project} -B ${build} -G Ninja -D CMAKE_PREFIX_PATH=${PREFIX} -D PROBLEM=${problem} ${preset})
  step(out ${CMAKE_COMMAND} --build ${build})
endfunction()

foreach(visibility IN ITEMS "" hidden)
  build(first ic4ih6oc8kh3ph1 "${visibility}")
  build(second ic4ih60oc8kh3ph1 "${visibility}")
  step(out ${project}/first${visibility}/host ${project}/first${visibility}/libplugin.so ${project}/second${visibility}/libplugin.so)
  expect_text("${out}" "ih6iw6oc8oh6ow6")
  expect_text("${out}" "ih60iw60oc8oh60ow60")
endforeach()

# A project may export the calls from its library.
build(exports ic4ih6oc8kh3ph1 default)
step(out ${project}/exportsdefault/caller)
