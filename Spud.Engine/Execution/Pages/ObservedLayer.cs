namespace Spud.Execution;

/// <summary>Adds to a sequence's keys how much noted rows looked at them; see <see cref="IHistory.AddKeyMass"/>.</summary>
/// <param name="table">The sequence's pages.</param>
/// <param name="shard">The shard whose keys are asked for; null: keys are not sharded.</param>
/// <param name="notes">I8 [R, RowBytes].</param>
/// <param name="mass">F32 [G, ContextTokens], added to.</param>
internal delegate void KeyMassReader(PageTable table, int? shard, in TensorView notes, in TensorView mass);

/// <summary>What a policy that observes queries reads at the reviews of a layer.</summary>
/// <param name="State">Its states and notes.</param>
/// <param name="KeyMass">Null: its layout does not ask for it.</param>
internal sealed record ObservedLayer(KeptState State, KeyMassReader? KeyMass);
