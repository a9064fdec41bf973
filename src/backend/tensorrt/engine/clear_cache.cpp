// EngineCache::clear. Users may keep other files in the folder, and builds may be running there.
// So a file is removed only if its name and its content are this cache's and nobody is using it.
#include <fcntl.h>
#include <sys/file.h>

#include <chrono>
#include <map>
#include <optional>
#include <regex>
#include <system_error>
#include <utility>

#include "backend/tensorrt/engine/cache.hpp"
#include "backend/tensorrt/engine/cache_folder.hpp"
#include "backend/tensorrt/engine/file.hpp"
#include "base/fail.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

namespace fs = std::filesystem;

// Longer than writing a file takes. A younger temporary file may still be written and renamed.
constexpr std::chrono::hours kAbandonedAfter{1};

/// A file whose name has the form that this cache uses.
struct Named {
  fs::path file;
  std::string kind;  ///< "engine", "timing", "lock"
  bool temporary = false;
};

/// All files of one key: its engine, timings, lock and temporary files.
using Family = std::vector<Named>;

std::map<std::string, Family> families_of(const std::vector<fs::path>& files) {
  static const std::regex ours{
      R"(([^]+-[0-9a-f]{32})\.(?:(lock)|(engine|timing)(\.[0-9A-Za-z]{6})?))"};
  std::map<std::string, Family> families;
  for (const fs::path& file : files) {
    const std::string name = file.filename().string();
    std::smatch parts;
    if (std::regex_match(name, parts, ours)) {
      families[parts[1].str()].push_back({file, parts[2].str() + parts[3].str(), parts[4].matched});
    }
  }
  return families;
}

tl::unexpected<Error> unreadable(const fs::path& file, const std::string& why) {
  return base::fail(ErrorCode::kIo, "{}: can't be read: {}", file.string(), why);
}

/// Whether the content is this cache's, too, and nobody is writing it. Errors: kIo.
Result<bool> is_ours(const Named& named) {
  std::error_code error;
  if (!fs::is_regular_file(fs::symlink_status(named.file, error))) {
    return false;
  }
  if (named.kind == "lock") {
    return fs::file_size(named.file, error) == 0;
  }
  if (named.temporary) {
    const auto written = fs::last_write_time(named.file, error);
    if (error || fs::file_time_type::clock::now() - written < kAbandonedAfter) {
      return false;
    }
  }
  const auto opened = base::open_regular(named.file, O_RDONLY | O_NOFOLLOW);
  if (!opened) {
    if (opened.error().code == ErrorCode::kNotFound) {  // another process removed it
      return false;
    }
    return unreadable(named.file, opened.error().message);
  }
  const auto begins =
      begins_with(*opened, named.kind == "engine" ? kEngineMagic : kTimingMagic, named.temporary);
  return begins ? begins : unreadable(named.file, begins.error().message);
}

/// Removes files, counts them, and keeps the first error.
class Clearing {
 public:
  void clear(const fs::path& lock_file, const Family& family) {
    std::optional<base::Descriptor> lock;  // held until all the key's files are gone
    if (fs::is_regular_file(fs::symlink_status(lock_file, ignored_))) {
      auto opened = open_lock(lock_file, 0);
      if (!opened) {
        return fail(unreadable(lock_file, opened.error().message).value());
      }
      if (flock(opened->get(), LOCK_EX | LOCK_NB) != 0 || !is_named(*opened, lock_file)) {
        return;  // a build is running
      }
      lock = *std::move(opened);
    }
    for (const bool locks : {false, true}) {  // the lock last: a new one finds the others gone
      for (const Named& named : family) {
        if ((named.kind == "lock") == locks) {
          remove(named);
        }
      }
    }
  }

  Result<int> result() const {
    return error_ ? Result<int>{tl::unexpected(*error_)} : Result<int>{removed_};
  }

 private:
  void remove(const Named& named) {
    const auto ours = is_ours(named);
    if (!ours) {
      return fail(ours.error());
    }
    if (!*ours) {
      return;
    }
    std::error_code error;
    removed_ += fs::remove(named.file, error) ? 1 : 0;
    if (error) {
      fail({ErrorCode::kIo,
            fmt::format("{}: can't be removed: {}", named.file.string(), error.message())});
    }
  }

  void fail(const Error& error) {
    if (!error_) {
      error_ = error;
    }
  }

  int removed_ = 0;
  std::optional<Error> error_;
  std::error_code ignored_;
};

}  // namespace

Result<int> EngineCache::clear() const {
  const auto files = files_in(folder_);
  if (!files) {
    return tl::unexpected(files.error());
  }
  Clearing clearing;
  for (const auto& [stem, family] : families_of(*files)) {
    clearing.clear(folder_ / (stem + ".lock"), family);
  }
  return clearing.result();
}

}  // namespace yolofleet::backend::tensorrt
