# How the project's targets are made, in one place.

# yolofleet_part(NAME SOURCES... [DEPENDS TARGET...] [LIBRARIES LIB...]): a folder of src/ as a
# static library `yolofleet_NAME`, on other parts (DEPENDS) and other people's libraries. Its tests
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

# yolofleet_test(NAME SOURCES... [DEPENDS TARGET...]): a GoogleTest program `NAME_tests`, each of
# its tests known to ctest under the label NAME.
function(yolofleet_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS")
  add_executable(${name}_tests ${arg_SOURCES})
  target_include_directories(${name}_tests PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_link_libraries(${name}_tests PRIVATE ${arg_DEPENDS} GTest::gmock GTest::gtest_main
    yolofleet_warnings)
  gtest_discover_tests(${name}_tests DISCOVERY_TIMEOUT 60 PROPERTIES LABELS ${name} TIMEOUT 300)
endfunction()

# yolofleet_pytest(NAME): the test_*.py of this folder as one ctest test of the label NAME, run by
# the Python of .venv.
function(yolofleet_pytest name)
  add_test(NAME ${name} COMMAND "${YOLOFLEET_PYTHON}" -B -m pytest -q -p no:cacheprovider
    "${CMAKE_CURRENT_SOURCE_DIR}")
  set_tests_properties(${name} PROPERTIES LABELS ${name} TIMEOUT 600)
endfunction()
