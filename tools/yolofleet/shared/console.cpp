#include <fmt/format.h>

#include <memory>
#include <sstream>
#include <string>

#include "output/output_file.hpp"
#include "shared/exit_code.hpp"
#include "shared/subcommands.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

constexpr std::size_t kOptionColumns = 32;
constexpr std::size_t kDescriptionColumns = 66;

/// Breaks lines between words.
std::string wrap_words(const std::string& text, std::size_t width) {
  std::string wrapped;
  std::size_t column = 0;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const bool fits = column == 0 || column + 1 + word.size() <= width;
    wrapped += column == 0 ? "" : fits ? " " : "\n";
    column = fits && column > 0 ? column + 1 + word.size() : word.size();
    wrapped += word;
  }
  return wrapped;
}

class UsageFormatter final : public CLI::Formatter {
 public:
  explicit UsageFormatter(std::string usage) : usage_(std::move(usage)) {
    column_width(kOptionColumns);
  }

  std::string make_option_desc(const CLI::Option* option) const override {
    return wrap_words(option->get_description(), kDescriptionColumns);
  }

  std::string make_usage(const CLI::App* /*app*/, std::string /*name*/) const override {
    return usage_ + "\n";
  }

 private:
  std::string usage_;
};

}  // namespace

void set_usage(CLI::App& app, const std::string& usage) {
  app.formatter(std::make_shared<UsageFormatter>("Usage: " + usage));
}

void say_warnings(std::span<const std::string> warnings, bool quiet) {
  for (const std::string& warning : warnings) {
    if (!quiet) {
      say(fmt::format("yolofleet: warning: {}\n", printable(warning)));
    }
  }
}

int report_error(const Error& error, bool quiet) {
  say_warnings(error.warnings, quiet);
  say(fmt::format("yolofleet: error: {}\n", printable(error.message)));
  return error.code == ErrorCode::kDevice ? kDeviceFailed : kWrongUse;
}

int print(const std::string& text) {
  auto file = OutputFile::open("-");
  if (auto written = file->append(text); !written) {
    return written.error().code == ErrorCode::kCancelled ? kBrokenPipe
                                                         : report_error(written.error());
  }
  return kAllWell;
}

}  // namespace yolofleet::command
