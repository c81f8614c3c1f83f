namespace Spud.Models;

/// <summary>
/// Keys of a GGUF file by which the trainer of its weights says where they come from. Files of one recipe and different seeds are runs of one
/// training; nothing else can tell them from models that only have the same shape.
/// </summary>
public static class TrainingKeys
{
    /// <summary>A string: the name of everything that the training was given but the seed.</summary>
    public const string Recipe = "training.recipe";

    /// <summary>A number: the seed of the initial values and of the order of the data.</summary>
    public const string Seed = "training.seed";
}
