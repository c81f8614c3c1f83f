using System.Collections.Immutable;
using System.Text.Json;
using Spud.Composition;
using Spud.Configuration;

namespace Spud.Host;

/// <summary>An explanation as text, at most 80 columns wide except for long paths and names.</summary>
internal sealed class ExplanationText(TextWriter to)
{
    private const int Width = 80;

    public void Write(PipelineExplanation explanation)
    {
        WriteModel(explanation.Model);
        WriteLimits(explanation);
        foreach (ComponentExplanation component in explanation.Components)
            WriteComponent(component);

        WriteScheduler(explanation.Scheduler);
        if (explanation.Drafter is { } drafter)
            WriteDrafter(drafter);

        if (explanation.Depth is { } depth)
            WriteDepth(depth);

        WriteSteps(explanation.Steps);
        WritePages(explanation.Pages);
        WriteMemory(explanation.Memory);
        WriteCompute(explanation.Compute);
    }

    private void WriteModel(ModelExplanation model)
    {
        Title("Model");
        Line($"{model.Name ?? Path.GetFileName(model.Path)}, {Units.Count(model.Parameters)} parameters, {Units.Bytes(model.FileBytes)}");
        Line(model.Path);
        Wrapped("", model.BytesByType.OrderByDescending(type => type.Value).Select(type => $"{type.Key} {Units.Bytes(type.Value)}"));
        Line($"family {model.Architecture}, L {model.Layers}, C {model.HiddenWidth}, V {model.Vocabulary}, made for {model.ContextTokens} tokens");
        TextTable table = new("<>>>>>>>");
        table.Add("layers", "H", "G", "D", "Dv", "E", "K", "F");
        foreach (LayerShape shape in model.LayerShapes)
            table.Add(Short(shape.Layers), $"{shape.QueryHeads}", $"{shape.KvHeads}", $"{shape.KeyWidth}", $"{shape.ValueWidth}", $"{shape.Experts}", $"{shape.ExpertsUsed}", $"{shape.ExpertWidth}");

        table.Write(to);
        Traits("head", model.Traits);
        foreach (LayerShape shape in model.LayerShapes)
            Traits(LayersOf(shape.Layers), shape.Traits);
    }

    private void Traits(string of, ImmutableSortedDictionary<string, float> traits)
    {
        if (traits.Count > 0)
            Wrapped($"traits of {of}: ", traits.Select(trait => trait.Value == 1 ? trait.Key : $"{trait.Key} {trait.Value:0.####}"));
    }

    private void WriteLimits(PipelineExplanation explanation)
    {
        Title("Limits");
        LimitsExplanation limits = explanation.Limits;
        Line($"context {limits.ContextTokens} tokens, {limits.Sequences} {(limits.Sequences == 1 ? "sequence" : "sequences")}, {limits.Rows} rows a step, {limits.LogitRows} with logits");
        WriteReach(explanation.Model, limits.ContextTokens);
        foreach (PoolExplanation pool in explanation.Pools)
            Line($"{pool.Threads} {(pool.Threads == 1 ? "thread" : "threads")} in pool '{pool.Name}', used by {(pool.Components.Length == explanation.Components.Length ? "all components" : string.Join(", ", pool.Components))}");
    }

    private void WriteReach(ModelExplanation model, int context)
    {
        if (model.Rope is { } rope)
            Line(FormattableString.Invariant($"RoPE scaled by the {rope.From}: {rope.Scaling}, factor {rope.Factor:0.####}, {rope.OriginalTokens} to {rope.ReachTokens} tokens"));
        if (context > model.ContextTokens)
            Line($"goes beyond the {model.ContextTokens} tokens that the model was trained for");
    }

    private void WriteComponent(ComponentExplanation component)
    {
        Title($"{Capital(component.Role)}: {component.Plugin}/{component.Name} {component.Version}{(component.Within is { } outer ? $", inside {outer}" : "")}");
        string layers = component.Layers == "all" ? "all layers" : LayersOf(component.Layers);
        string phase = component.Phase == "both" ? "" : $", {component.Phase} only";
        Line($"{layers}{phase}, {component.Domain} memory, rows {(component.RowInvariant ? "do not depend on their neighbours" : "may depend on their neighbours")}");
        Options(component.Options);
        if (component.ExpertsAtMost is { } most)
            Line(FormattableString.Invariant($"at most {most} {(most == 1 ? "expert" : "experts")} per token{(component.ExpertsExpected is { } expected ? $", {expected:0.00} expected on average" : "")}"));
        if (component.Role != Roles.Cache)
            Line($"{component.Weights} weights: {Units.Bytes(component.MappedBytes)} mapped, {Units.Bytes(component.OwnBytes)} own{(component.NativeBytes == 0 ? "" : $", about {Units.Bytes(component.NativeBytes)} native")}; workspace {Units.Bytes(component.WorkspaceBytes)}");
        if (component.Pack is { } pack)
            Line($"pack {pack}");
        Line(component.Folder);
    }

    private void WriteScheduler(SchedulerExplanation scheduler)
    {
        Title(scheduler.Plugin is { } plugin ? $"Scheduler: {plugin}/{scheduler.Name} {scheduler.Version}" : $"Scheduler: {scheduler.Name}, built in");
        Options(scheduler.Options);
    }

    private void WriteDrafter(DrafterExplanation drafter)
    {
        Title($"Drafter: {drafter.Plugin}/{drafter.Name} {drafter.Version}");
        Line($"up to {drafter.MaxTokens} {(drafter.MaxTokens == 1 ? "token" : "tokens")} a draft, verified in one step");
        Options(drafter.Options);
        if (drafter.OwnBytes > 0)
            Line($"{Units.Bytes(drafter.OwnBytes)} own");
        if (drafter.Pack is { } pack)
            Line($"pack {pack}");
        if (drafter.Model is { } model)
        {
            Line($"draft model: {Units.Count(model.Parameters)} parameters, {Units.Bytes(model.FileBytes)}, context {model.ContextTokens} tokens; {Units.Bytes(model.MappedBytes)} mapped, {Units.Bytes(model.PrivateBytes)} own");
            Line(model.Path);
        }
    }

    private void WriteDepth(DepthExplanation depth)
    {
        Title($"Depth: {depth.Plugin}/{depth.Name} {depth.Version}");
        if (depth.LeftOut != "none")
            Line($"left out: {LayersOf(depth.LeftOut)}");
        if (depth.LeavesAfter is { } layers)
        {
            Line($"tokens of answers may leave after {LayersOf(layers)}");
            Line(depth.Missing == "fill" ? "later layers compute the keys of those that left" : "later layers have no keys of those that left");
        }

        if (depth.Pack is { } pack)
            Line($"pack {pack}");
        if (depth.OwnBytes > 0)
            Line($"{Units.Bytes(depth.OwnBytes)} own");
        Wrapped("options ", depth.Options.EnumerateObject().Select(option => $"{option.Name}={Value(option.Value)}").DefaultIfEmpty("none"));
    }

    private void WriteSteps(ImmutableArray<StepExplanation> steps)
    {
        OperationExplanation[] all = [.. steps.SelectMany(step => step.Groups).SelectMany(group => group.Operations)];
        int name = all.Max(operation => operation.Name.Length) + 4, component = all.Max(operation => operation.Component.Length) + 2;
        foreach (StepExplanation step in steps)
        {
            Title(step.Phase == "both" ? "Step" : $"Step, {step.Phase}");
            foreach (OperationGroup group in step.Groups)
            {
                if (group.Layers is { } layers)
                    Line(LayersOf(layers));

                foreach (OperationExplanation operation in group.Operations)
                {
                    string first = ((group.Layers is null ? "" : "  ") + operation.Name).PadRight(name);
                    Line(operation.Copies is { } what
                        ? $"{first}{what}, {operation.From} -> {operation.Domain}, {operation.BytesPerToken} bytes per token"
                        : $"{first}{operation.Role,-11}{operation.Component.PadRight(component)}{operation.Domain}");
                }
            }
        }

        if (!Array.Exists(all, operation => operation.Copies is not null))
            Line("nothing is copied between memory domains");
    }

    private void WritePages(ImmutableArray<PagesExplanation> pages)
    {
        Title("Pages");
        TextTable table = new("<<<>>>>>");
        table.Add("layers", "keys", "values", "page", "pages", "kept", "per token", "all");
        foreach (PagesExplanation layout in pages)
            table.Add($"{Short(layout.Layers)}{(layout.PerHead ? ", per head" : "")}{(layout.Shard is null ? "" : $", {layout.Domain}")}", layout.Keys, layout.Values, $"{layout.PageTokens}", $"{layout.Pages}", $"{layout.TokensAtMost}", Units.Bytes(layout.BytesPerTokenAndLayer), Units.Bytes(layout.TotalBytes));

        table.Write(to);
        Line("page, kept: tokens; pages, per token: of one layer; all: of these layers");
        foreach (int? tokens in pages.Select(static layout => layout.ReviewTokens).Where(static tokens => tokens is not null).Distinct())
            Line($"this cache decides what to keep every {tokens} tokens of a text; steps end there");
        if (pages.Any(static layout => layout.Pool > 0))
            Line("where layers are listed again: keys move from the first pages into the later ones");
        if (pages.Max(static layout => layout.Shard) is { } last)
            Line($"keys are distributed by their position over {last + 1} shards");
    }

    private void WriteMemory(MemoryExplanation memory)
    {
        Title("Memory when the context is full");
        TextTable table = new("<>");
        table.Add("weights expanded or repacked", Units.Bytes(memory.Components));
        if (memory.Native > 0)
            table.Add("native libraries, estimated", Units.Bytes(memory.Native));
        table.Add("arena of workspaces, shared in turn", Units.Bytes(memory.Arena));
        table.Add("pages of keys and values", Units.Bytes(memory.Pages));
        table.Add("step buffers", Units.Bytes(memory.StepBuffers));
        table.Add("a batch and its logits", Units.Bytes(memory.Batch));
        table.Add("tokenizer", Units.Bytes(memory.Tokenizer));
        if (memory.Drafter > 0)
            table.Add("drafter, all of it", Units.Bytes(memory.Drafter));
        if (memory.Depth > 0)
            table.Add("depth policy", Units.Bytes(memory.Depth));
        table.Add(".NET and compiled code", Units.Bytes(memory.Runtime));
        table.Add("private memory", Units.Bytes(memory.PrivateBytes));
        table.Add("mapped from the model file", Units.Bytes(memory.MappedBytes));
        foreach ((string domain, long bytes) in memory.Devices)
            table.Add($"on {domain}", Units.Bytes(bytes));

        table.Write(to);
    }

    private void WriteCompute(ComputeExplanation compute)
    {
        Title("One token, expected");
        TokenCost[] costs = [compute.PrefillAtStart, compute.PrefillAtFullContext, compute.DecodeAtStart, compute.DecodeAtFullContext];
        TextTable table = new("<>>>>");
        table.Add(["", "prefill", "prefill", "decode", "decode"]);
        table.Add(["tokens before it", .. costs.Select(cost => $"{cost.Depth}")]);
        foreach ((string role, int i) in costs[0].Roles.Select((role, i) => (role.Role, i)))
            table.Add([$"{role}, MFLOP", .. costs.Select(cost => $"{cost.Roles[i].Flops / 1e6:N1}")]);

        table.Add(["all, CU", .. costs.Select(cost => $"{cost.ComputeUnits:0.0000}")]);
        table.Add(["weights read", .. costs.Select(cost => Units.Bytes(cost.WeightBytesRead))]);
        table.Add(["keys, values read", .. costs.Select(cost => Units.Bytes(cost.KvBytesRead))]);
        table.Write(to);
        Line("1 CU = 10^9 FLOP, a multiply-add is 2; prefill without logits");
        Line("bytes: read by a token alone in its step (weights as the file stores them)");
    }

    private void Options(JsonElement options) =>
        Wrapped("options ", options.EnumerateObject().Select(option => $"{option.Name}={Value(option.Value)}").DefaultIfEmpty("none"));

    private void Title(string title)
    {
        if (title != "Model")
            to.WriteLine();
        to.WriteLine(title);
    }

    private void Line(string text) => to.WriteLine($"  {text}");

    private void Wrapped(string first, IEnumerable<string> items)
    {
        string line = first;
        bool empty = true;
        foreach (string item in items)
        {
            if (!empty && line.Length + item.Length + 4 > Width)
            {
                Line(line + ",");
                (line, empty) = (new string(' ', Math.Min(first.Length, 8)), true);
            }

            line += empty ? item : $", {item}";
            empty = false;
        }

        Line(line);
    }

    private static string Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "(none given)",
        _ => value.GetRawText(),
    };

    // Alternating layers make long lists; --json contains them in full.
    private static string Short(string layers) => layers.Length <= 24 ? layers : $"{layers[..21]}...";

    private static string LayersOf(string layers) => $"{(layers.All(char.IsAsciiDigit) ? "layer" : "layers")} {Short(layers)}";

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
