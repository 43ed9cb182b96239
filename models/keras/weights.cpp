#include "models/keras/weights.hpp"

#include <fmt/format.h>

namespace convforge::models::keras {
namespace {

/// Groups are named after the class; the layer's name is an attribute in files of newer versions.
class KerasWeights : public WeightSource {
public:
  explicit KerasWeights(Hdf5File &file) : file_(file) {}

  WeightPlace enter(const WeightPlace &model, const std::string &layer, const std::string &counted) override {
    WeightPlace place{model.layers, {}};
    place.layers.push_back(layer);
    for (const char *name : {"layers", "_layer_checkpoint_dependencies"}) {
      const std::string container = fmt::format("{}/{}", model.group, name);
      if (const auto group = file_.find(file_.root(), container)) {
        const auto &named = named_members(*group);
        const auto found = named.find(layer);
        place.group = fmt::format("{}/{}", container, found == named.end() ? counted : found->second);
        break;
      }
    }
    return place;
  }

  std::optional<Tensor> read(const WeightPlace &layer, const Variable &variable) override {
    const auto dataset = file_.find(file_.root(), fmt::format("{}/vars/{}", layer.group, variable.place));
    if (layer.group.empty() || !dataset)
      return std::nullopt;
    return file_.numbers(*dataset);
  }

private:
  /// Members of a container by the names that their attributes say.
  const std::map<std::string, std::string> &named_members(Address container) {
    const auto [found, fresh] = named_.try_emplace(container);
    if (fresh)
      for (const auto &[member, group] : file_.members(container))
        if (const auto variables = file_.find(group, "vars"))
          if (const auto name = file_.texts(*variables, "name"); name && name->size() == 1)
            found->second.emplace(name->front(), member);
    return found->second;
  }

  Hdf5File &file_;
  std::map<Address, std::map<std::string, std::string>> named_;
};

/// Paths of variables: "c/kernel", "nest/inner/kernel", of older versions "inner/kernel:0". The weights of
/// nested models are listed with those of the model's own layer that they are in.
class LegacyWeights : public WeightSource {
public:
  explicit LegacyWeights(Hdf5File &file) : file_(file) {
    if (const auto weights = file.find(file.root(), "model_weights"))
      weights_ = *weights;
    else
      fail("HDF5 file", "no group model_weights", "a whole model, as model.save() writes it");
  }

  WeightPlace enter(const WeightPlace &model, const std::string &layer, const std::string &) override {
    WeightPlace place = model;
    place.layers.push_back(layer);
    return place;
  }

  std::optional<Tensor> read(const WeightPlace &layer, const Variable &variable) override {
    const auto group = file_.find(weights_, layer.layers.front());
    if (!group)
      return std::nullopt;
    const Index &all = index(*group);
    std::string found;
    for (const std::string &name : variable.names) {
      const bool nested = layer.layers.size() > 1;
      const auto entry = all.find(nested ? layer.layers.back() + "/" + name : name);
      if (entry == all.end())
        continue;
      if (!found.empty() || entry->second.twice)
        fail("weight_names", fmt::format("'{}' and another '{}'", entry->second.path, name),
             "one of each variable of a layer");
      found = entry->second.path;
    }
    const auto dataset = found.empty() ? std::nullopt : file_.find(*group, found);
    return dataset ? std::optional(file_.numbers(*dataset)) : std::nullopt;
  }

private:
  struct Listed {
    std::string path;
    bool twice = false;
  };
  /// By "kernel", as layers of the model itself are asked for, and by "inner/kernel", as those of nested
  /// ones.
  using Index = std::map<std::string, Listed, std::less<>>;
  const Index &index(Address group) {
    const auto [found, fresh] = indices_.try_emplace(group);
    if (!fresh)
      return found->second;
    for (const std::string &path : paths(group)) {
      const std::string_view whole = std::string_view(path).substr(0, path.rfind(':'));
      const std::size_t last = whole.rfind('/') + 1; // 0: no slash
      add(std::string(whole.substr(last)), path, found->second);
      if (last > 1) {
        const std::size_t before = whole.rfind('/', last - 2) + 1;
        add(std::string(whole.substr(before)), path, found->second);
      }
    }
    return found->second;
  }
  static void add(std::string key, const std::string &path, Index &all) {
    if (const auto [entry, fresh] = all.try_emplace(std::move(key), Listed{path}); !fresh)
      entry->second.twice = true;
  }

  /// A list that is too long for an attribute is in several: weight_names0, weight_names1.
  std::vector<std::string> paths(Address group) {
    if (auto all = file_.texts(group, "weight_names"))
      return *all;
    std::vector<std::string> paths;
    constexpr int most_lists = 1000;
    for (int i = 0; i < most_lists; ++i) {
      const auto some = file_.texts(group, fmt::format("weight_names{}", i));
      if (!some)
        break;
      paths.insert(paths.end(), some->begin(), some->end());
    }
    return paths;
  }

  Hdf5File &file_;
  Address weights_ = 0;
  std::map<Address, Index> indices_;
};

} // namespace

std::unique_ptr<WeightSource> keras_weights(Hdf5File &file) {
  return std::make_unique<KerasWeights>(file);
}

std::unique_ptr<WeightSource> legacy_weights(Hdf5File &file) {
  return std::make_unique<LegacyWeights>(file);
}

} // namespace convforge::models::keras
