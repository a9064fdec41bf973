#include "yolofleet/data_file.hpp"

#include <algorithm>
#include <system_error>

#include "base/fail.hpp"
#include "base/files.hpp"
#include "darknet/cfg_text.hpp"
#include "darknet/data_text.hpp"
#include "darknet/file_kind.hpp"
#include "graph/limits.hpp"

namespace yolofleet {
namespace fs = std::filesystem;
namespace {

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

}  // namespace

Result<DataFile> DataFile::load(const fs::path& file) {
  const auto text = base::read_text(file, graph::limits::kMaxDataBytes);
  if (!text) {
    return tl::unexpected(text.error());
  }
  return darknet::parse_data(*text, file);
}

bool DataFile::is_one(const fs::path& file) {
  return darknet::kind_of_file(file) == darknet::FileKind::kData;
}

const DataEntry* DataFile::find(std::string_view key) const noexcept {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const DataEntry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

std::optional<fs::path> DataFile::locate(const fs::path& path) const {
  if (is_there(path)) {
    return path;
  }
  fs::path below = file.parent_path() / path;  // `path` itself if that is absolute
  return is_there(below) ? std::optional(std::move(below)) : std::nullopt;
}

Result<fs::path> DataFile::file_of(std::string_view key) const {
  const DataEntry* const entry = find(key);
  if (entry == nullptr) {
    return base::fail(ErrorCode::kNotFound, "{}: has no line {}=FILE", file.string(), key);
  }
  if (auto found = locate(entry->value)) {
    return *std::move(found);
  }
  const fs::path below = file.parent_path() / entry->value;
  return base::fail(
      ErrorCode::kNotFound, "{}:{}: {}={}: no such file{}", file.string(), entry->line, key,
      darknet::shown(entry->value),
      below == entry->value ? "" : ", neither from the working folder nor as " + below.string());
}

}  // namespace yolofleet
