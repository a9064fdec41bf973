# Functions that make the project's targets.

# yolofleet_part(NAME SOURCES... [DEPENDS TARGET...] [LIBRARIES LIB...]): a folder of src/ as the static
# library `yolofleet_NAME`. DEPENDS: other parts; LIBRARIES: libraries of other projects. Tests of a part
# link it alone; the shared library takes the objects of all parts.
function(yolofleet_part name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS;LIBRARIES")
  add_library(yolofleet_${name} STATIC ${arg_SOURCES})
  target_include_directories(yolofleet_${name} PUBLIC
    "${PROJECT_SOURCE_DIR}/include" "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries(yolofleet_${name} PUBLIC ${arg_DEPENDS} ${arg_LIBRARIES} tl::expected
    PRIVATE yolofleet_warnings)
  set_property(GLOBAL APPEND PROPERTY YOLOFLEET_PARTS yolofleet_${name})
  set_property(GLOBAL APPEND PROPERTY YOLOFLEET_LIBRARIES ${arg_LIBRARIES})
endfunction()

# yolofleet_test(NAME SOURCES... [DEPENDS TARGET...]): a GoogleTest program `NAME_tests`, whose tests ctest
# runs one by one, with the label NAME.
function(yolofleet_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS")
  add_executable(${name}_tests ${arg_SOURCES})
  target_include_directories(${name}_tests PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_link_libraries(${name}_tests PRIVATE ${arg_DEPENDS} GTest::gmock GTest::gtest_main
    yolofleet_warnings)
  gtest_discover_tests(${name}_tests DISCOVERY_TIMEOUT 60 PROPERTIES LABELS ${name} TIMEOUT 300)
endfunction()

# yolofleet_pytest(NAME [FILE...]): these Python tests (default: all test_*.py of this folder) as one ctest
# test with the label NAME, run by the Python of .venv.
function(yolofleet_pytest name)
  set(files ${ARGN})
  if(NOT files)
    set(files "${CMAKE_CURRENT_SOURCE_DIR}")
  endif()
  add_test(NAME ${name} COMMAND "${YOLOFLEET_PYTHON}" -B -m pytest -q -p no:cacheprovider ${files})
  set_tests_properties(${name} PROPERTIES LABELS ${name} TIMEOUT 600)
endfunction()
