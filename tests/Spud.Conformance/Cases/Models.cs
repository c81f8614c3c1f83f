using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Cases;

/// <summary>Small models by name. A component is tested with those whose traits it knows.</summary>
internal static class Models
{
    /// <summary>The names for a component.</summary>
    public static IEnumerable<string> For(Dictionary<string, TestModel> models, Subject subject) =>
        models.Where(model => subject.Knows(model.Value.Traits.Keys)).Select(model => model.Key);
}
