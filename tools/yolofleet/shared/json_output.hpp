#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "output/output_file.hpp"

namespace yolofleet::command {

/// Refuses an output that would overwrite a file that the run reads. `name`: the value of `option`.
/// Errors: kInvalidArgument.
Result<void> check_not_over(std::string_view option, const std::string& name,
                            std::span<const std::filesystem::path> read);

/// The file of --json. It is opened before the work, so that a file that can't be written is
/// refused at once.
class JsonOutput {
 public:
  /// Empty: none is wanted. Errors: OutputFile's.
  static Result<JsonOutput> open(const std::string& name);

  bool wanted() const noexcept { return file_.has_value(); }
  bool is_standard_output() const noexcept { return standard_output_; }
  /// Precondition: `wanted`.
  Result<void> write(const std::string& json);

 private:
  std::optional<OutputFile> file_;
  bool standard_output_ = false;
};

/// Writes the JSON, if it is wanted, and the table unless the JSON has standard output. The exit
/// code: kAllWell, or that of what couldn't be written.
int write_json_and_table(JsonOutput& output, const std::string& json, const std::string& table);

}  // namespace yolofleet::command
