# `cmake --install`: the command, the library, its modules with the OpenVINO libraries that one needs,
# the headers, a CMake package and a pkg-config file. They find each other by relative paths, so the
# installed tree can be moved, and needs neither this folder nor its .venv. The component `runtime` is
# the part that the Python wheel has.
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/yolofleet")
set(module_dir "${CMAKE_INSTALL_LIBDIR}/yolofleet")
set(doc_dir "${CMAKE_INSTALL_DATADIR}/doc/yolofleet")

if(TARGET yolofleet_command)
  file(RELATIVE_PATH bin_to_lib "/${CMAKE_INSTALL_BINDIR}" "/${CMAKE_INSTALL_LIBDIR}")
  set_target_properties(yolofleet_command PROPERTIES INSTALL_RPATH "$ORIGIN/${bin_to_lib}")
  install(TARGETS yolofleet_command RUNTIME COMPONENT runtime)
endif()

install(TARGETS yolofleet EXPORT yolofleet LIBRARY COMPONENT runtime NAMELINK_COMPONENT development)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/yolofleet" TYPE INCLUDE FILES_MATCHING PATTERN "*.hpp")
install(EXPORT yolofleet NAMESPACE yolofleet:: FILE yolofleetTargets.cmake DESTINATION "${package_dir}")
configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/yolofleetConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/yolofleetConfig.cmake" INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/yolofleetConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/yolofleetConfig.cmake"
  "${PROJECT_BINARY_DIR}/yolofleetConfigVersion.cmake" DESTINATION "${package_dir}")
file(RELATIVE_PATH pkgconfig_to_prefix "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/.")
file(RELATIVE_PATH prefix_to_lib "/" "/${CMAKE_INSTALL_LIBDIR}")
file(RELATIVE_PATH prefix_to_include "/" "/${CMAKE_INSTALL_INCLUDEDIR}")
configure_file("${PROJECT_SOURCE_DIR}/cmake/yolofleet.pc.in" "${PROJECT_BINARY_DIR}/yolofleet.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/yolofleet.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/data/" DESTINATION "${CMAKE_INSTALL_DATADIR}/yolofleet")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/README.md" DESTINATION "${doc_dir}")

if(TARGET yolofleet_plugins)
  install(TARGETS yolofleet_plugins LIBRARY COMPONENT runtime)
endif()

if(TARGET yolofleet_openvino)
  set_target_properties(yolofleet_openvino PROPERTIES INSTALL_RPATH "$ORIGIN")
  install(TARGETS yolofleet_openvino LIBRARY DESTINATION "${module_dir}" COMPONENT runtime)

  # OpenVINO, its CPU plugin, and TBB with the libraries that it loads to find the cores (tbbbind, hwloc)
  # and to allocate (tbbmalloc). They find each other in their own folder.
  get_target_property(openvino_library openvino::runtime IMPORTED_LOCATION_RELEASE)
  get_filename_component(openvino_libs "${openvino_library}" DIRECTORY)
  file(GLOB openvino_files
    "${openvino_libs}/libopenvino_intel_cpu_plugin.so" "${openvino_libs}/libtbb.so.*"
    "${openvino_libs}/libtbbbind*.so.*" "${openvino_libs}/libtbbmalloc.so.*"
    "${openvino_libs}/libhwloc.so.*")
  list(FILTER openvino_files EXCLUDE REGEX "debug")
  install(PROGRAMS "${openvino_library}" ${openvino_files} DESTINATION "${module_dir}"
    COMPONENT runtime)
  file(GLOB openvino_licences
    "${openvino_libs}/../../openvino-*.dist-info/licenses/LICENSE"
    "${openvino_libs}/../../openvino-*.dist-info/licenses/licensing/*.txt")
  if(NOT openvino_licences)
    message(WARNING "no licence texts of OpenVINO near ${openvino_libs}: don't redistribute an installed tree")
  endif()
  install(FILES ${openvino_licences} DESTINATION "${doc_dir}/openvino" COMPONENT runtime)
endif()

if(TARGET yolofleet_ffmpeg)
  # FFmpeg's libraries are the system's: they are many, and renewed more often than yolofleet.
  install(TARGETS yolofleet_ffmpeg LIBRARY DESTINATION "${module_dir}" COMPONENT runtime)
endif()
