using Attention.Ring.Native;
using Spud;

namespace Attention.Ring.Processes;

/// <summary>What must be equal in all processes of a ring; each rank sends its own to rank 0 when its pipeline is built.</summary>
/// <param name="facts">Names and values.</param>
internal sealed class Greeting(params (string Name, string Value)[] facts)
{
    /// <summary>Version of the messages between ranks.</summary>
    private const string Protocol = "1";

    private static readonly string s_version = typeof(Greeting).Assembly.GetName().Version?.ToString(3) ?? "";

    /// <summary>The greeting of this process.</summary>
    public static Greeting Of(RingOptions options, IFoldBuildContext build)
    {
        string limit = options.MemoryMiB is { } most ? $"{most}" : "none";
        return new(
            ("protocol", Protocol),
            ("plugin version", s_version),
            ("contract version", $"{ContractVersion.Major}.{ContractVersion.Minor}"),
            ("model", build.ModelHash),
            ("layers", string.Join(' ', build.Layers)),
            ("ring options", $"blockTokens {options.BlockTokens}, memoryMiB {limit}"),
            ("limits", $"{build.Limits.Rows} rows, {build.Limits.StepSequences} of {build.Limits.Sequences} sequences, context {build.Limits.ContextTokens}"),
            ("pages", string.Join("; ", build.Layers.Select(layer => TextOf(build.Layout(layer))).Distinct())));
    }

    /// <summary>Sends it to rank 0.</summary>
    public void Send(IRankLink link)
    {
        using NativeBuffer buffer = new();
        MessageWriter message = new(buffer);
        message.Put(RankReport.Greeting);
        message.Put(link.Machine);
        message.Put(facts.Length);
        foreach ((string name, string value) in facts)
        {
            message.Put(name);
            message.Put(value);
        }

        link.Send(0, buffer.Bytes, patience: null);
    }

    /// <summary>In rank 0: waits for those of all other ranks and compares them with this one.</summary>
    /// <exception cref="RefusedException">A rank did not send one, or it differs.</exception>
    public void Require(IRankLink link, TimeSpan patience)
    {
        using NativeBuffer buffer = new();
        for (int rank = 1; rank < link.Ranks; rank++)
        {
            try
            {
                link.Receive(rank, buffer, patience);
            }
            catch (RankLostException lost)
            {
                throw new RefusedException($"rank {rank} did not start: {lost.Message} Start all ranks with the same command.");
            }

            Require(rank, new(buffer));
        }
    }

    private void Require(int rank, MessageReader message)
    {
        if (message.Take<int>() == RankReport.Failure)
            throw new RefusedException($"rank {rank} did not start: {message.TakeText()}");

        string machine = message.TakeText();
        int count = message.Take<int>();
        for (int i = 0; i < Math.Min(count, facts.Length); i++)
        {
            (string name, string value) = (message.TakeText(), message.TakeText());
            if (name != facts[i].Name || value != facts[i].Value)
                throw new RefusedException($"rank {rank} on {machine} differs from rank 0: {facts[i].Name} is '{Short(value)}' there and '{Short(facts[i].Value)}' here. Start all ranks with the same command, program and model.");
        }
    }

    private static string Short(string value) => value.Length > 60 ? value[..57] + "…" : value;

    private static string TextOf(CacheLayout layout) => layout.Pools.IsEmpty
        ? $"{layout.Keys}/{layout.Values} of {layout.PageTokens}"
        : string.Join(", ", layout.Pools.Select(static pool => $"{pool.Keys}/{pool.Values} of {pool.PageTokens}{(pool.PerHead ? " per head" : "")}"));
}
