#include "backend/cpu/module_loader.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <string>
#include <system_error>

#include "base/fail.hpp"

namespace yolofleet::backend::cpu {
namespace {

namespace fs = std::filesystem;

/// The folder of the library or program that contains this code.
fs::path own_folder() {
  Dl_info info{};
  static const char inside = 0;
  if (dladdr(&inside, &info) == 0 || info.dli_fname == nullptr) {
    return {};
  }
  std::error_code ignored;
  // The loader knows a program that was found by PATH only by its bare name.
  const fs::path name = info.dli_fname;
  const fs::path file = name.has_parent_path() ? name : fs::read_symlink("/proc/self/exe", ignored);
  const fs::path real = fs::canonical(file, ignored);
  return (real.empty() ? file : real).parent_path();
}

std::string last_dl_error() {
  const char* message = dlerror();
  return message == nullptr ? "unknown error" : message;
}

std::string listed(std::span<const fs::path> folders) {
  std::string text;
  for (const fs::path& folder : folders) {
    text += (text.empty() ? "" : ", ") + folder.string();
  }
  return text;
}

Result<Module*> load_file(const fs::path& file, std::string_view build_id) {
  void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle == nullptr) {
    return base::fail(ErrorCode::kDevice, "the CPU module can't be loaded: {}", last_dl_error());
  }
  void* symbol = dlsym(handle, kModuleEntryPoint);
  if (symbol == nullptr) {
    return base::fail(ErrorCode::kMismatch, "{}: isn't a CPU module of yolofleet: {}",
                      file.string(), last_dl_error());
  }
  // POSIX guarantees that a function's address survives dlsym's void*.
  const auto entry_point = reinterpret_cast<ModuleEntryPoint>(symbol);
  Module* module = entry_point(std::string(build_id).c_str());
  if (module == nullptr) {
    return base::fail(ErrorCode::kMismatch,
                      "{}: was made by another build of yolofleet; this one needs a module with "
                      "the build id {}",
                      file.string(), build_id);
  }
  return module;
}

}  // namespace

std::string_view build_id() noexcept {
  return YOLOFLEET_BUILD_ID;
}

std::vector<fs::path> module_folders() {
  std::vector<fs::path> folders;
  if (const char* chosen = std::getenv("YOLOFLEET_MODULE_DIR");
      chosen != nullptr && *chosen != '\0') {
    folders.emplace_back(chosen);
  }
  const fs::path own = own_folder();
  folders.push_back(own);
  folders.push_back(own / "yolofleet");
  folders.push_back(own.parent_path() / "lib" / "yolofleet");
  folders.push_back(own.parent_path() / "lib");
  return folders;
}

Result<Module*> load_module(std::span<const fs::path> folders, std::string_view build_id) {
  for (const fs::path& folder : folders) {
    const fs::path file = folder / kModuleFile;
    std::error_code ignored;
    if (fs::exists(file, ignored)) {
      return load_file(file, build_id);
    }
  }
  return base::fail(ErrorCode::kNotFound,
                    "the CPU module {} is in none of these folders: {}; YOLOFLEET_MODULE_DIR can "
                    "name another",
                    kModuleFile, listed(folders));
}

Result<Module*> load_module() {
  const std::vector<fs::path> folders = module_folders();
  return load_module(folders, build_id());
}

}  // namespace yolofleet::backend::cpu
