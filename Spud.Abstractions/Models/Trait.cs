namespace Spud;

/// <summary>
/// Traits: how a layer differs from a plain llama layer, each with a number n (1 where none is needed). The prefix names the role that must
/// know the trait. Traits are strings, so that a new family needs no new version of the contract.
/// </summary>
public static class Trait
{
    /// <summary>Logits use the embedding matrix.</summary>
    public const string TiedHead = "head.tied";

    /// <summary>The embedding is multiplied by n.</summary>
    public const string EmbeddingScale = "head.embedding-scale";

    /// <summary>Logits are multiplied by n.</summary>
    public const string LogitScale = "head.logit-scale";

    /// <summary>RMS norm of each head of q and k (qwen3, gemma3).</summary>
    public const string HeadNorm = "attention.head-norm";

    /// <summary>RMS norm of q and of k over all heads (olmoe).</summary>
    public const string FullNorm = "attention.full-norm";

    /// <summary>Biases of q, k and v.</summary>
    public const string ProjectionBias = "attention.projection-bias";

    /// <summary>Bias of the output projection.</summary>
    public const string OutputBias = "attention.output-bias";

    /// <summary>RMS norm of attention's output before it is added (gemma3).</summary>
    public const string AttentionPostNorm = "attention.post-norm";

    /// <summary>Attention's output is multiplied by n before it is added (granite).</summary>
    public const string AttentionResidualScale = "attention.residual-scale";

    /// <summary>Project multiplies q by n instead of D^-1/2.</summary>
    public const string ScoreScale = "attention.score-scale";

    /// <summary>A row sees n keys, including its own.</summary>
    public const string Window = "attention.window";

    /// <summary>A learned logit per head takes part in the softmax, without a value; Finish adds it (gpt-oss).</summary>
    public const string Sinks = "attention.sinks";

    /// <summary>The weights of a row's experts are scaled to sum to 1.</summary>
    public const string Renormalise = "router.renormalise";

    /// <summary>The router's scores have a bias.</summary>
    public const string GateBias = "router.bias";

    /// <summary>GELU, tanh approximation, instead of SiLU.</summary>
    public const string Gelu = "experts.gelu";

    /// <summary>gpt-oss's SwiGLU: gate at most n, up within -n .. n, gate * sigmoid(1.702 gate) * (up + 1).</summary>
    public const string ClampedSwiGlu = "experts.clamped-swiglu";

    /// <summary>Biases of the three expert matrices.</summary>
    public const string ExpertBias = "experts.bias";

    /// <summary>A further expert, of inner width n, that computes every row.</summary>
    public const string SharedExpert = "experts.shared";

    /// <summary>The shared expert's output is multiplied by the sigmoid of the normed input's product with a learned vector (qwen2moe).</summary>
    public const string SharedGate = "experts.shared-gate";

    /// <summary>RMS norm of the experts' output before it is added (gemma3).</summary>
    public const string ExpertPostNorm = "experts.post-norm";

    /// <summary>The experts' output is multiplied by n before it is added (granite).</summary>
    public const string ExpertResidualScale = "experts.residual-scale";
}
