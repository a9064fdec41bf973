#include "shared/json_output.hpp"

#include <utility>

#include "shared/exit_code.hpp"
#include "shared/fail.hpp"
#include "shared/subcommands.hpp"

namespace yolofleet::command {

Result<void> check_not_over(std::string_view option, const std::string& name,
                            std::span<const std::filesystem::path> read) {
  for (const std::filesystem::path& file : read) {
    if (writes_over(name, file)) {
      return fail(ErrorCode::kInvalidArgument,
                  "{} {}: would write over {}, which this run reads; name another file", option,
                  name, file.string());
    }
  }
  return {};
}

Result<JsonOutput> JsonOutput::open(const std::string& name) {
  JsonOutput output;
  if (name.empty()) {
    return output;
  }
  auto file = OutputFile::open(name);
  if (!file) {
    return tl::unexpected(std::move(file).error());
  }
  output.file_.emplace(*std::move(file));
  output.standard_output_ = name == "-";
  return output;
}

Result<void> JsonOutput::write(const std::string& json) {
  return file_->append(json).and_then([&] { return file_->commit(); });
}

int write_json_and_table(JsonOutput& output, const std::string& json, const std::string& table) {
  if (output.wanted()) {
    if (const auto written = output.write(json); !written) {
      return written.error().code == ErrorCode::kCancelled ? static_cast<int>(kBrokenPipe)
                                                           : report_error(written.error());
    }
  }
  return output.is_standard_output() ? static_cast<int>(kAllWell) : print(table);
}

}  // namespace yolofleet::command
