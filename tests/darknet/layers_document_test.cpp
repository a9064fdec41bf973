#include "darknet/layers_document.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "darknet/section_tables.hpp"
#include "darknet/sections.hpp"
#include "darknet/support.hpp"
#include "graph/fingerprint.hpp"

/// Holds docs/layers.md, and the list of layers in docs/models.md, against the parser.
namespace yolofleet::darknet {
namespace {

using test::Row;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Statuses = std::map<std::string, std::string>;

// Cells of a table of keys.
enum Cell : std::size_t { kKeys, kStatus, kDefault, kCells = 5 };

std::string to_string(KeyRole role) {
  switch (role) {
    case KeyRole::kUsed:
      return "used";
    case KeyRole::kIgnored:
      return "ignored";
    case KeyRole::kDead:
      return "dead";
    case KeyRole::kUnsupported:
      return "only 0";
    case KeyRole::kRefused:
      return "refused";
  }
  return "";
}

Statuses of_parser(std::span<const Key> keys) {
  Statuses statuses;
  for (const Key& key : keys) {
    statuses.emplace(key.name, to_string(key.role));
  }
  return statuses;
}

/// The rows under the heading that names this section, or is this text; nothing without one.
std::optional<std::vector<Row>> rows_of(const std::string& name) {
  for (const auto& [heading, rows] : test::layers_document()) {
    const auto sections = test::sections_in(heading);
    if (heading == name || std::find(sections.begin(), sections.end(), name) != sections.end()) {
      return rows;
    }
  }
  return std::nullopt;
}

Statuses of_document(const std::string& name) {
  Statuses statuses;
  const auto rows = rows_of(name).value_or(std::vector<Row>{});
  for (const Row& row : rows) {
    EXPECT_EQ(row.size(), std::size_t{kCells}) << row[kKeys];
    for (const std::string& key : test::code_in(row[kKeys])) {
      EXPECT_TRUE(statuses.emplace(key, row[kStatus]).second) << key << " stands there twice";
    }
  }
  return statuses;
}

TEST(LayersDocument, ItsSectionsAreTheParsers) {
  std::map<std::string, bool> documented;
  const auto rows = rows_of("Sections").value();
  for (const Row& row : rows) {
    EXPECT_TRUE((row[1] == "yes" && row[2] == "yes") || !row[3].empty()) << row[0] << ": no reason";
    EXPECT_TRUE(row[1] == "yes" || row[2] == "no")
        << row[0] << ": can't be read for TensorRT alone";
    for (const std::string& name : test::sections_in(row[0])) {
      documented[name] = row[1] == "yes";
    }
  }
  std::map<std::string, bool> known{{"net", true}, {"network", true}};
  for (const SectionKind& kind : layer_kinds()) {
    known[std::string{kind.name}] = kind.convert != nullptr;
  }
  EXPECT_EQ(documented, known);
}

TEST(LayersDocument, ItsKeysAndWhatBecomesOfThemAreTheParsers) {
  EXPECT_EQ(of_document("Every layer"), of_parser(every_layer_keys()));
  EXPECT_EQ(of_document("Any section"), of_parser(dead_keys()));
  EXPECT_EQ(of_document("net"), of_parser(net_keys()));
  EXPECT_EQ(of_document("network"), of_parser(net_keys()));
  for (const SectionKind& kind : layer_kinds()) {
    const std::string name{kind.name};
    EXPECT_EQ(rows_of(name).has_value(), kind.convert != nullptr) << name;
    EXPECT_EQ(of_document(name), of_parser(kind.keys)) << name;
  }
}

/// The used keys of a section with what the document says of their defaults.
std::map<std::string, std::string> defaults_of(const std::string& name) {
  std::map<std::string, std::string> defaults;
  const auto rows = rows_of(name).value_or(std::vector<Row>{});
  for (const Row& row : rows) {
    const auto keys = test::code_in(row[kKeys]);
    const auto values = test::parts_of(row[kDefault]);
    for (std::size_t i = 0; i < keys.size() && row[kStatus] == "used"; ++i) {
      EXPECT_TRUE(values.size() == 1 || values.size() == keys.size()) << row[kKeys];
      defaults[keys[i]] = values[std::min(i, values.size() - 1)];
    }
  }
  return defaults;
}

using Options = std::map<std::string, std::string>;

/// The parser's result for a section: a fingerprint of the layer, or the error's message.
std::string outcome(const std::string& name, const Options& options) {
  if (name == "net") {
    std::string text = "[net]\n";
    for (const auto& [key, value] : options) {
      text += fmt::format("{}={}\n", key, value);
    }
    const auto network = test::import(text.append(test::kHead)).network;
    return network ? fmt::format("{} {}", graph::fingerprint(*network), network->letterbox())
                   : network.error().message;
  }
  CfgSection section{name, 1, {}};
  for (const auto& [key, value] : options) {
    section.options.push_back({key, value, 2});
  }
  std::vector<std::string> warnings;
  constexpr int kIndex = 5;  // there are layers before it
  OptionReader reader{section, "a.cfg", warnings, kIndex};
  graph::Layer layer;
  layer.operation = find_layer_kind(name)->convert(reader);
  return reader.error() ? reader.error()->message
                        : graph::fingerprint(graph::Network{"a", {3, 64, 64}, false, {layer}});
}

/// Options that a section needs, and such that each other one changes something.
Options needed_by(const std::string& name, const std::map<std::string, std::string>& defaults) {
  const Options examples{{"from", "-1"},  {"layers", "-1"}, {"anchors", "10,20"},
                         {"width", "64"}, {"height", "64"}, {"channels", "3"}};
  Options options;
  for (const auto& [key, value] : defaults) {
    if (value == "required") {
      options[key] = examples.contains(key) ? examples.at(key) : "1";
    }
  }
  if (name == "convolutional" || name == "conv") {
    options["size"] = std::string{"3"};
  }
  return options;
}

/// A value of the same kind as a default that isn't it.
std::string another_than(const std::string& value) {
  const Options words{{"linear", "leaky"},    {"logistic", "leaky"},  {"none", "per_feature"},
                      {"default", "diounms"}, {"center", "left_top"}, {"0.6", "0.7"}};
  return words.contains(value) ? words.at(value) : std::to_string(std::stoi(value) + 1);
}

void check_default(const std::string& name, const std::string& key, const std::string& value,
                   Options options) {
  // Without weights there is nothing to normalise, and without maxpool_depth no channel is dropped.
  const std::set<std::string> alone{"weights_normalization", "out_channels"};
  options.erase(key);
  const std::string without = outcome(name, options);
  if (value == "required") {
    EXPECT_THAT(without, HasSubstr(key + " is missing")) << name;
    return;
  }
  const auto literal = test::code_in(value);
  if (literal.empty()) {  // in words, or another key's
    EXPECT_THAT(value, ::testing::Not(IsEmpty())) << name << ' ' << key;
    return;
  }
  options[key] = literal.front();
  EXPECT_EQ(outcome(name, options), without) << name << ' ' << key;
  options[key] = another_than(literal.front());
  if (!alone.contains(key)) {
    EXPECT_NE(outcome(name, options), without) << name << ' ' << key;
  }
}

TEST(LayersDocument, ItsDefaultsAreTheParsers) {
  std::vector<std::string> names{"net"};
  for (const SectionKind& kind : layer_kinds()) {
    if (kind.convert != nullptr) {
      names.emplace_back(kind.name);
    }
  }
  for (const std::string& name : names) {
    const auto defaults = defaults_of(name);
    for (const auto& [key, value] : defaults) {
      check_default(name, key, value, needed_by(name, defaults));
    }
  }
}

TEST(LayersDocument, ItsActivationsAreTheParsers) {
  std::set<std::string> documented;
  const auto rows = rows_of("Activations").value();
  for (const Row& row : rows) {
    EXPECT_EQ(row[1], row[2]);
    for (const std::string& word : test::code_in(row[0])) {
      EXPECT_EQ(graph::activation_from(word).has_value(), row[1] == "yes") << word;
      documented.insert(word);
    }
  }
  for (const graph::ActivationEntry& entry : graph::kActivations) {
    EXPECT_THAT(documented, Contains(std::string{entry.name}));
  }
}

/// The row of docs/models.md that names a section; empty without one.
std::string models_row(const std::string& text, const std::string& name) {
  const std::size_t at = text.find("`[" + name + "]`");
  if (at == std::string::npos) {
    return "";
  }
  const std::size_t begin = text.rfind('\n', at) + 1;
  return text.substr(begin, text.find('\n', at) - begin);
}

TEST(LayersDocument, TheModelsDocumentNamesEverySectionAndWhatRunsOnTheCpuOnly) {
  const std::string text = test::models_document();
  const std::size_t begin = text.find("## Supported layers");
  ASSERT_NE(begin, std::string::npos);
  const std::string part = text.substr(begin, text.find("\n## ", begin + 1) - begin);
  const auto rows = rows_of("Sections").value();
  for (const Row& row : rows) {
    const std::string in_models = models_row(part, test::sections_in(row[0]).front());
    EXPECT_THAT(in_models, ::testing::StartsWith("|")) << row[0];
    EXPECT_EQ(in_models.find("on the CPU only") != std::string::npos,
              row[1] == "yes" && row[2] == "no")
        << row[0];
  }
}

}  // namespace
}  // namespace yolofleet::darknet
