include(cpu/module_headers.cmake)

# yolofleet_backend(FOLDER): a back end in that folder, whose part is yolofleet_FOLDER.
function(yolofleet_backend folder)
  add_subdirectory(${folder})
  set_property(GLOBAL APPEND PROPERTY YOLOFLEET_BACKENDS ${folder})
endfunction()

# yolofleet_backends(NAME [FOLDER...]): the devices of all back ends above as the part
# yolofleet_NAME, those of FOLDER... too.
function(yolofleet_backends name)
  get_property(folders GLOBAL PROPERTY YOLOFLEET_BACKENDS)
  list(APPEND folders ${ARGN})
  list(TRANSFORM folders PREPEND "yolofleet_" OUTPUT_VARIABLE parts)
  list(TRANSFORM folders REPLACE "(.+)" "YOLOFLEET_BACKEND(\\1)\n")
  list(JOIN folders "" lines)
  set(generated "${PROJECT_BINARY_DIR}/generated/${name}")
  file(CONFIGURE OUTPUT "${generated}/backends.inc" CONTENT "${lines}")
  yolofleet_part(${name} SOURCES "${PROJECT_SOURCE_DIR}/src/backend/backends.cpp" DEPENDS ${parts})
  target_include_directories(yolofleet_${name} PRIVATE "${generated}")
endfunction()
