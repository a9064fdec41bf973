# yolofleet_build_id(TARGET): compiles TARGET with YOLOFLEET_BUILD_ID, which the CPU lane and its
# module must agree on: the version and a hash of all headers that shape what crosses between them.
function(yolofleet_build_id target)
  file(GLOB headers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/graph/*.hpp")
  list(APPEND headers
    "${PROJECT_SOURCE_DIR}/src/backend/cpu/executor.hpp"
    "${PROJECT_SOURCE_DIR}/include/yolofleet/error.hpp"
    "${PROJECT_SOURCE_DIR}/include/yolofleet/options.hpp")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${headers})
  set(hashes "")
  foreach(header IN LISTS headers)
    file(SHA256 "${header}" hash)
    string(APPEND hashes "${hash}")
  endforeach()
  string(SHA256 hash "${hashes}")
  string(SUBSTRING "${hash}" 0 16 hash)
  target_compile_definitions(${target} PRIVATE YOLOFLEET_BUILD_ID="${PROJECT_VERSION}-${hash}")
endfunction()
