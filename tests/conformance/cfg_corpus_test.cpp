#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "yolofleet/model.hpp"

/// Holds the importer against cfg files that people have: the parameter count that Darknet itself
/// comes to, or why the file must be refused.
namespace yolofleet {
namespace {

using ::testing::HasSubstr;

const std::filesystem::path kCorpus = YOLOFLEET_CORPUS;

/// A line of expected.tsv.
struct Expected {
  std::string cfg;
  std::optional<std::int64_t> parameters;
  std::string note;
};

std::vector<Expected> read_expected() {
  std::ifstream stream{kCorpus / "cfg" / "expected.tsv"};
  std::vector<Expected> rows;
  std::string line;
  std::getline(stream, line);  // the headings
  while (std::getline(stream, line)) {
    const std::size_t first = line.find('\t');
    const std::size_t second = line.find('\t', first + 1);
    if (second == std::string::npos) {
      throw std::runtime_error("expected.tsv: " + line);
    }
    Expected row{line.substr(0, first), std::nullopt, line.substr(second + 1)};
    std::int64_t count = 0;
    if (std::from_chars(line.data() + first + 1, line.data() + second, count).ec == std::errc{}) {
      row.parameters = count;
    }
    rows.push_back(row);
  }
  return rows;
}

/// A section, its name in brackets.
struct Section {
  std::string name;
  int line = 0;
};

std::optional<Section> first_section_in(const std::filesystem::path& cfg,
                                        const std::vector<std::string>& names) {
  std::ifstream stream{cfg};
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number) {
    std::erase_if(line, [](char c) { return c == ' ' || c == '\t' || c == '\r'; });
    if (std::find(names.begin(), names.end(), line) != names.end()) {
      return Section{line, number};
    }
  }
  return std::nullopt;
}

std::string place(const std::filesystem::path& cfg, int line) {
  return fmt::format("{}:{}: ", cfg.string(), line);
}

class CfgCorpus : public ::testing::TestWithParam<Expected> {};

TEST_P(CfgCorpus, HasDarknetsParametersOrIsRefusedForTheRightReason) {
  const Expected& row = GetParam();
  const std::filesystem::path cfg = kCorpus / "cfg" / row.cfg;
  const auto model = Model::load_architecture(cfg);
  if (row.parameters) {
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_EQ(model->parameters(), *row.parameters);
    EXPECT_FALSE(model->heads().empty());
    return;
  }
  ASSERT_FALSE(model);
  // The note names a section in brackets, or says what is wrong with the numbers before a head.
  const auto named = first_section_in(cfg, {"[crnn]", "[conv_lstm]", "[route_lhalf]"});
  if (named) {
    EXPECT_THAT(row.note, HasSubstr(named->name));
    EXPECT_THAT(model.error().message, HasSubstr(place(cfg, named->line) + named->name));
    return;
  }
  // Its 512 channels of embedding stand behind a key that Darknet doesn't know and, as `$name`, in
  // a place where Darknet reads a number.
  EXPECT_THAT(row.note, HasSubstr("536 channels"));
  EXPECT_THAT(model.error().message,
              HasSubstr(place(cfg, 10) + "[net] embedding_dim=512: unknown key"));
  LoadOptions options;
  options.allow_unknown_keys = true;
  const auto allowed = Model::load_architecture(cfg, options);
  ASSERT_FALSE(allowed);
  EXPECT_THAT(allowed.error().message, HasSubstr("[convolutional] filters=$embedding_dim: "));
}

/// The text as a name that GoogleTest allows.
std::string test_name(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return text;
}

INSTANTIATE_TEST_SUITE_P(All, CfgCorpus, ::testing::ValuesIn(read_expected()),
                         [](const auto& tested) { return test_name(tested.param.cfg); });

/// The folders of models, sorted.
std::vector<std::string> model_folders() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{kCorpus / "models"}) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class CorpusModel : public ::testing::TestWithParam<std::string> {};

TEST_P(CorpusModel, LoadsWithItsWeightsAndNames) {
  const std::filesystem::path folder = kCorpus / "models" / GetParam();
  const auto model = Model::load(folder);
  if (GetParam() == "yolov4-tiny-coco") {  // its weights are no part of the corpus
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().message, folder.string() + ": has no .weights file");
    EXPECT_EQ(Model::load_architecture(folder / "yolov4-tiny.cfg").value().parameters(), 6062814);
    return;
  }
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_TRUE(model->has_weights());
  EXPECT_EQ(model->names().size(), static_cast<std::size_t>(model->class_count()));
  EXPECT_THAT(model->warnings(), ::testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(All, CorpusModel, ::testing::ValuesIn(model_folders()),
                         [](const auto& tested) { return test_name(tested.param); });

}  // namespace
}  // namespace yolofleet
