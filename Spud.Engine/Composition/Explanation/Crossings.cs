using Spud.Execution;

namespace Spud.Composition;

/// <summary>A copy between memory domains that a step makes.</summary>
/// <param name="What">"hidden rows", "routing plan", "logits", "ids and positions".</param>
/// <param name="From">The domain's name.</param>
/// <param name="To">Likewise.</param>
/// <param name="Before">Role that wants it; null: the host.</param>
/// <param name="Layer">Null: none.</param>
/// <param name="BytesPerToken">Bytes of a row.</param>
internal sealed record Crossing(string What, string From, string To, string? Before, int? Layer, long BytesPerToken);

/// <summary>
/// The copies of one step, foretold: the walk of <see cref="ForwardPass"/> over places alone. A test holds them to what a device counted.
/// </summary>
internal sealed class Crossings
{
    private readonly List<Crossing> _all = [];
    private readonly HashSet<Place> _fresh = [];
    private readonly PipelineParts _parts;
    private readonly Place _host;
    private Place _at;

    private Crossings(PipelineParts parts) => (_parts, _host, _at) = (parts, parts.Places.Host, parts.Head.Place);

    /// <summary>Every copy for a token whose logits are read.</summary>
    public static IReadOnlyList<Crossing> Of(PipelineParts parts, Phase phase)
    {
        Crossings crossings = new(parts);
        crossings.Walk(phase);
        return crossings._all;
    }

    private void Walk(Phase phase)
    {
        foreach (Place device in _parts.Places.Devices)
            Add("ids and positions", _host, device, null, null, 3 * sizeof(int));

        _fresh.Add(_at);
        for (int layer = 0; layer < _parts.Model.Layers.Length; layer++)
        {
            LayerParts parts = _parts.At(layer, phase);
            Move(parts.Attention.Place, Roles.Attention, layer);
            if (parts.Router is { } router)
                Route(router, parts.Experts.Place, layer);

            Move(parts.Experts.Place, Roles.Experts, layer);
        }

        Read(_parts.Head.Place, Roles.Head, null);
        if (!_parts.Head.Place.IsHost)
            Add("logits", _parts.Head.Place, _host, null, null, (long)_parts.Model.Vocabulary * sizeof(float));
    }

    private void Route(Placed<IRouter> router, Place experts, int layer)
    {
        Read(router.Place, Roles.Router, layer);
        (long perRow, long perEntry) = PlanBuffers.Bytes;
        long bytes = perRow + router.Component.MaxExpertsPerRow * perEntry;
        if (!router.Place.IsHost)
            Add("routing plan", router.Place, _host, null, layer, bytes);
        if (router.Place != experts && !experts.IsHost)
            Add("routing plan", _host, experts, Roles.Experts, layer, bytes);
    }

    private void Move(Place to, string role, int layer)
    {
        Read(to, role, layer);
        _fresh.Clear();
        _fresh.Add(_at = to);
    }

    private void Read(Place place, string role, int? layer)
    {
        if (!_fresh.Add(place))
            return;

        Place from = _at;
        if (!place.IsHost && !_at.IsHost)
        {
            Read(_host, role, layer);
            from = _host;
        }

        Add("hidden rows", from, place, role, layer, (long)_parts.Model.HiddenWidth * sizeof(float));
    }

    private void Add(string what, Place from, Place to, string? before, int? layer, long bytes) =>
        _all.Add(new(what, from.Domain.Name, to.Domain.Name, before, layer, bytes));
}
