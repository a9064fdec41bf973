#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "yolofleet/error.hpp"

/// Modules: shared libraries of this project that are loaded when they are needed, so that the
/// program also starts where the libraries that they link are missing.
namespace yolofleet::base {

/// A module and the one function that it exports: `extern "C" T* NAME(const char* build_id)`. The
/// function returns null for a build id other than the module's own.
struct ModuleName {
  std::string_view kind;  ///< for messages: "CPU module"
  std::string_view file;  ///< "libyolofleet_openvino.so"
  const char* entry_point = nullptr;
};

/// The folders in which to look for modules, in this order: the one that the environment variable
/// YOLOFLEET_MODULE_DIR names; the folder F of the library or program that contains this code;
/// F/yolofleet, F/../lib/yolofleet and F/../lib.
std::vector<std::filesystem::path> module_folders();

/// The exported function of a loaded module.
struct EntryPoint {
  std::filesystem::path file;
  void* symbol = nullptr;
};

/// Loads the module from the first of these folders that contains it and finds its function. The
/// module stays loaded as long as the process lives. Thread-safe. Errors: kNotFound (in none of the
/// folders, which the message lists), kDevice (the file can't be loaded, with the linker's reason),
/// kMismatch (not such a module).
Result<EntryPoint> find_entry_point(const ModuleName& name,
                                    std::span<const std::filesystem::path> folders);

/// The error kMismatch for a module that refused this build id.
Error other_build(const std::filesystem::path& file, std::string_view build_id);

/// Loads a module as `find_entry_point` does and returns the object that it makes. Loading it again
/// returns the same object. Errors: those of `find_entry_point`; kMismatch (another build).
template <typename T>
Result<T*> load_module(const ModuleName& name, std::span<const std::filesystem::path> folders,
                       std::string_view build_id) {
  auto found = find_entry_point(name, folders);
  if (!found) {
    return tl::unexpected(std::move(found.error()));
  }
  // POSIX guarantees that a function's address survives dlsym's void*.
  const auto entry_point = reinterpret_cast<T* (*)(const char*)>(found->symbol);
  T* module = entry_point(std::string(build_id).c_str());
  if (module == nullptr) {
    return tl::unexpected(other_build(found->file, build_id));
  }
  return module;
}

}  // namespace yolofleet::base
