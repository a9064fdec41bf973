# yolofleet_build_id(TARGET HEADER...): compiles TARGET with YOLOFLEET_BUILD_ID, which a module and the part that
# loads it must agree on: the version and a hash of all headers that shape what crosses between them.
function(yolofleet_build_id target)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARGN})
  set(hashes "")
  foreach(header IN LISTS ARGN)
    file(SHA256 "${header}" hash)
    string(APPEND hashes "${hash}")
  endforeach()
  string(SHA256 hash "${hashes}")
  string(SUBSTRING "${hash}" 0 16 hash)
  target_compile_definitions(${target} PRIVATE YOLOFLEET_BUILD_ID="${PROJECT_VERSION}-${hash}")
endfunction()
