using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;

namespace Spud.Composition;

/// <summary>A depth policy with its options bound.</summary>
internal sealed class ChosenDepth
{
    /// <summary>The name that lets every row pass through every layer.</summary>
    public const string None = "none";

    private readonly RegisteredComponent _registered;
    private readonly object _options;
    private readonly LayerSet _layers;
    private readonly string? _pack;

    private ChosenDepth(RegisteredComponent registered, object options, LayerSet layers, string? pack) => (_registered, _options, _layers, _pack) = (registered, options, layers, pack);

    /// <summary>Finds the policy that an entry names; null if it names none, or if there were faults.</summary>
    public static ChosenDepth? Choose(RoleEntry entry, PluginCatalog plugins, FaultList faults)
    {
        if (entry.Use is null or None)
        {
            Binder.Bind(entry.Node, DepthJson.Default.NoDepthOptions, new BindingSubject("option", "a pipeline without a depth policy") { Skip = OptionsClass.ReservedNames }, faults);
            return null;
        }

        if (!plugins.TryResolve(Roles.Depth, entry.Use, out RegisteredComponent? registered, out string? refusal))
        {
            faults.Add(entry.UseOrigin, $"{refusal} '{None}' lets every row pass through every layer.");
            return null;
        }

        // Layers that cannot be read have been reported.
        if (entry.Node["layers"] is null)
            faults.Add(entry.UseOrigin, $"{entry.Path} lacks 'layers': depth '{registered.Name}' acts at the layers that are named, such as \"layers\": \"11,14\".");

        return entry.BindOptions(registered.Name, registered.Options, faults) is { } options && entry.Layers is { } layers ? new(registered, options, layers, entry.Pack) : null;
    }

    /// <summary>Builds it, and asks which layers it leaves out and where rows leave.</summary>
    /// <param name="components">Builds the pipeline's components.</param>
    /// <exception cref="CompositionException">The plugin refused or threw, its pack is not usable, or no layer is left.</exception>
    public LayerDepth Create(ComponentBuilder components)
    {
        MemoryAccount memory = new();
        IDepth? made = null;
        BuildContext? context = null;
        try
        {
            context = components.ContextOf(_registered, _pack, memory);
            int[] all = [.. Enumerable.Range(0, components.Model.Layers.Length)];
            DepthBuild build = new() { Model = components.Model, Layers = [.. all.Where(_layers.Contains)], Context = context };
            made = _registered.Ask("the factory", () => _registered.CreateDepth!(_options, build) ?? throw new InvalidOperationException("it returned null"));
            ComponentBuilder.RequireRead(context.PackFile, context, $"{Roles.Depth} '{_registered.FullName}'");
            ImmutableArray<int> leftOut = _registered.Ask(nameof(IDepth.LeavesOut), () => all.Where(made.LeavesOut).ToImmutableArray());
            return leftOut.Length < all.Length
                ? new(made, _registered.FullName, leftOut)
                {
                    Registered = _registered,
                    Options = _options,
                    Memory = memory,
                    Pack = context.PackFile,
                    Exits = made is ILeavesEarly early ? ExitsOf(early, [.. all.Except(leftOut)], components.Limits.Sequences) : null,
                }
                : throw new CompositionException($"depth '{_registered.FullName}': it leaves out all {all.Length} layers of the model; at least one must stay. Name fewer in 'layers'.");
        }
        catch
        {
            made?.Dispose();
            context?.PackFile?.Dispose();
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Where rows leave; null if nowhere.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="computed">Layers that are not left out, ascending.</param>
    /// <param name="sequences">Maximum number of sequences.</param>
    private EarlyExits? ExitsOf(ILeavesEarly policy, ImmutableArray<int> computed, int sequences)
    {
        ImmutableArray<int> layers = _registered.Ask(nameof(policy.MayLeaveAfter), () => computed[..^1].Where(policy.MayLeaveAfter).ToImmutableArray());
        return layers.IsEmpty ? null : new(policy, layers, sequences)
        {
            Missing = _registered.Ask(nameof(policy.Missing), () => policy.Missing),
            LeaveCost = CostOf(nameof(policy.LeaveCost), () => policy.LeaveCost),
            FinishCost = CostOf(nameof(policy.FinishCost), () => policy.FinishCost),
        };
    }

    private RowCost CostOf(string member, Func<RowCost> cost) => _registered.Ask(member, () => RowCostCheck.Require(cost(), member));
}

/// <summary>A pipeline without a depth policy has no options for it.</summary>
internal sealed class NoDepthOptions;

[JsonSerializable(typeof(NoDepthOptions))]
internal sealed partial class DepthJson : JsonSerializerContext;
