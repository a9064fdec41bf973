#include "base/module.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <system_error>

#include "base/fail.hpp"

namespace yolofleet::base {
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

Result<EntryPoint> load_file(const ModuleName& name, const fs::path& file) {
  void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle == nullptr) {
    return fail(ErrorCode::kDevice, "the {} can't be loaded: {}", name.kind, last_dl_error());
  }
  void* symbol = dlsym(handle, name.entry_point);
  if (symbol == nullptr) {
    return fail(ErrorCode::kMismatch, "{}: isn't a {} of yolofleet: {}", file.string(), name.kind,
                last_dl_error());
  }
  return EntryPoint{file, symbol};
}

}  // namespace

std::vector<fs::path> module_folders() {
  std::vector<fs::path> folders;
  if (const char* chosen = std::getenv("YOLOFLEET_MODULE_DIR");
      chosen != nullptr && *chosen != '\0') {
    folders.emplace_back(chosen);
  }
  const fs::path own = own_folder();
  const fs::path lib = own.parent_path() / "lib";
  for (const fs::path& folder : {own, own / "yolofleet", lib / "yolofleet", lib}) {
    if (std::find(folders.begin(), folders.end(), folder) == folders.end()) {
      folders.push_back(folder);
    }
  }
  return folders;
}

Result<EntryPoint> find_entry_point(const ModuleName& name, std::span<const fs::path> folders) {
  for (const fs::path& folder : folders) {
    const fs::path file = folder / name.file;
    std::error_code ignored;
    if (fs::exists(file, ignored)) {
      return load_file(name, file);
    }
  }
  return fail(ErrorCode::kNotFound,
              "the {} {} is in none of these folders: {}; YOLOFLEET_MODULE_DIR can name another",
              name.kind, name.file, listed(folders));
}

Error other_build(const fs::path& file, std::string_view build_id) {
  return {ErrorCode::kMismatch,
          fmt::format("{}: was made by another build of yolofleet; this one needs a module with "
                      "the build id {}",
                      file.string(), build_id)};
}

}  // namespace yolofleet::base
