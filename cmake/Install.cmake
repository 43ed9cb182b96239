# What `cmake --install` gives: a prefix that may be moved, with everything find_package(convforge) needs. The generator and the
# component jit find their own libHalide beside them (lib/convforge); LLVM 19 and fmt are the system's.
include(CMakePackageConfigHelpers)
set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/convforge)

set(installed convforge_runtime convforge_cuda convforge_operations convforge_kernel_tools)
if(TARGET convforge)
  add_executable(convforge::convforge ALIAS convforge)
  list(APPEND installed convforge)
  file(RELATIVE_PATH private_libraries /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_LIBDIR}/convforge)
  set_target_properties(convforge PROPERTIES INSTALL_RPATH "$ORIGIN/${private_libraries}")
  cmake_path(GET Halide_LIBRARY FILENAME halide_file)
  install(FILES ${Halide_LIBRARY} DESTINATION ${CMAKE_INSTALL_LIBDIR}/convforge)
endif()
install(TARGETS ${installed} EXPORT convforge)
add_custom_target(convforge_package DEPENDS ${installed}) # what an install needs built, and nothing else
install(DIRECTORY runtime/include/convforge DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY kernel_tools/include/convforge_tools DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

# Component jit: a set of its own, as only who asks for it needs LLVM and fmt.
if(TARGET convforge_jit)
  set(installed_jit convforge_base convforge_problem convforge_target convforge_plan convforge_artefact convforge_algorithms
    convforge_planner convforge_schedules convforge_compiler convforge_race convforge_jit convforge_jit_external)
  install(TARGETS ${installed_jit} EXPORT convforge-jit)
  add_dependencies(convforge_package ${installed_jit})
  install(DIRECTORY jit/include/convforge DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(FILES base/error.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/convforge/base)
  install(FILES generator/problem/problem.hpp generator/problem/element_type.hpp generator/problem/epilogue.hpp generator/problem/frameworks.hpp
    generator/problem/padding_mode.hpp generator/problem/pooling.hpp generator/problem/quantisation.hpp generator/problem/spatial_axis.hpp generator/problem/strides.hpp
    generator/problem/zero_weights.hpp
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/convforge/problem)
  install(EXPORT convforge-jit NAMESPACE convforge:: FILE convforge-jit-targets.cmake DESTINATION ${config_dir})
endif()

install(EXPORT convforge NAMESPACE convforge:: FILE convforge-targets.cmake DESTINATION ${config_dir})
configure_package_config_file(cmake/convforge-config.cmake.in ${PROJECT_BINARY_DIR}/convforge-config.cmake
  INSTALL_DESTINATION ${config_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/convforge-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/convforge-config.cmake ${PROJECT_BINARY_DIR}/convforge-config-version.cmake
  cmake/ConvForgeAddConv.cmake cmake/ConvForgeAddModel.cmake cmake/ConvForgeArguments.cmake cmake/ConvForgeErrors.cmake
  cmake/ConvForgeGenerate.cmake cmake/ConvForgeRequest.cmake cmake/ConvForgeTargets.cmake cmake/taken_names.txt DESTINATION ${config_dir})
install(DIRECTORY cmake/templates DESTINATION ${config_dir})
