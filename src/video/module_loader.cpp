#include "video/module_loader.hpp"

#include <string>

#include "base/fail.hpp"
#include "base/module.hpp"

namespace yolofleet::video {
namespace {

/// The library that the linker's message says is missing; empty if it is about something else.
/// «libavformat.so.59: cannot open shared object file: No such file or directory»
std::string missing_library(const std::string& message) {
  const std::size_t reason = message.find(": cannot open shared object file");
  if (reason == std::string::npos) {
    return {};
  }
  const std::size_t before = message.rfind(' ', reason);
  const std::size_t start = before == std::string::npos ? 0 : before + 1;
  const std::string name = message.substr(start, reason - start);
  const bool of_ffmpeg = name.starts_with("libav") || name.starts_with("libsw");
  return of_ffmpeg ? name : "";
}

}  // namespace

std::string_view build_id() noexcept {
  return YOLOFLEET_BUILD_ID;
}

Result<Module*> load_module(std::span<const std::filesystem::path> folders,
                            std::string_view build_id) {
  constexpr std::string_view kPackages = YOLOFLEET_FFMPEG_PACKAGES;
  auto module = base::load_module<Module>({"video module", kModuleFile, kModuleEntryPoint}, folders,
                                          build_id);
  if (module) {
    return module;
  }
  if (const std::string missing = missing_library(module.error().message); !missing.empty()) {
    return base::fail(ErrorCode::kNotFound,
                      "videos need FFmpeg's library {}, which is missing; the packages {} of "
                      "Debian and Ubuntu have all that is needed",
                      missing, kPackages.empty() ? "libavformat and libswscale" : kPackages);
  }
  if (kPackages.empty() && module.error().code == ErrorCode::kNotFound) {
    return base::fail(
        ErrorCode::kNotFound,
        "this build of yolofleet can't read or write videos: it was made without FFmpeg. "
        "`scripts/setup video` installs what it needs (libavformat-dev, libavcodec-dev, "
        "libavutil-dev and libswscale-dev of Debian and Ubuntu); then build it again");
  }
  return module;
}

Result<Module*> load_module() {
  return load_module(base::module_folders(), build_id());
}

}  // namespace yolofleet::video
