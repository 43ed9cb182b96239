# Kernels at run time from the installed package, in process and through the program, on one cache.
include(${CMAKE_CURRENT_LIST_DIR}/Steps.cmake)
copy_project(project jit)
set(configure ${CMAKE_COMMAND} -S ${project} -B ${project}/build -G Ninja -D CMAKE_PREFIX_PATH=${PREFIX})
step(out ${configure})
step(out ${CMAKE_COMMAND} --build ${project}/build)
set(run ${CMAKE_COMMAND} -E env --unset=LD_LIBRARY_PATH --unset=CONVFORGE_CACHE_DIR)
set(generator ${PREFIX}/bin/convforge)

step(out ${run} ${project}/build/inside ${project}/inside-cache)
expect_text("${out}" "compiled: 531")
step(out ${run} ${project}/build/outside ${project}/outside-cache ${generator})
expect_text("${out}" "compiled: 531")
step(out ${run} ${project}/build/outside ${project}/inside-cache /bin/false) # whatever it gives is from the other's cache
expect_text("${out}" "disk: 531")
step(out ${run} ${project}/build/in_c ${project}/c-cache ${generator})
expect_text("${out}" "531")
failing_step(out ${run} ${project}/build/outside ${project}/none)
expect_text("${out}" "set JitOptions::program")

# Halide is the package's own in the one, and nowhere in the other.
step(out ldd ${project}/build/inside)
expect_text("${out}" "${PREFIX}/")
if(NOT out MATCHES "libHalide.so => ([^ ]+)" OR NOT CMAKE_MATCH_1 MATCHES "^${PREFIX}/")
  message(FATAL_ERROR "inside loads ${CMAKE_MATCH_1}, not the package's Halide\n${out}")
endif()
foreach(program IN ITEMS outside libplugin.so)
  step(out ldd ${project}/build/${program})
  if(out MATCHES "Halide" OR NOT out MATCHES "LLVM")
    message(FATAL_ERROR "${program} should link LLVM and not Halide\n${out}")
  endif()
endforeach()

# Installed: with its own libHalide, also in another place, and with the package's.
step(out ${CMAKE_COMMAND} --install ${project}/build --prefix ${project}/installed)
file(RENAME ${project}/installed ${project}/moved)
foreach(program IN ITEMS inside staying)
  step(out ${run} ${project}/moved/bin/${program} ${project}/installed-cache)
  expect_text("${out}" ": 531")
endforeach()
step(out ldd ${project}/moved/bin/inside)
if(NOT out MATCHES "libHalide.so => ([^ ]+)" OR NOT CMAKE_MATCH_1 MATCHES "^${project}/moved/")
  message(FATAL_ERROR "The installed program loads ${CMAKE_MATCH_1}, not its own Halide\n${out}")
endif()

# Where LLVM is not installed, the component says so.
failing_step(out ${configure} -B ${project}/no-llvm -D CMAKE_DISABLE_FIND_PACKAGE_LLVM=TRUE)
expect_text("${out}" "LLVM")
