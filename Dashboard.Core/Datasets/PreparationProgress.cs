namespace Crossbench.Datasets;

/// <summary>Told how far the preparation of a dataset is. To give up, throw <see cref="OperationCanceledException"/>; nothing half-made is left behind; what has arrived of a download is kept apart, and gone on with.</summary>
/// <param name="what">What is being done: <c>Tokenizing "book.txt"</c>.</param>
/// <param name="share">How much of it is done, 0 to 1.</param>
public delegate void PreparationProgress(string what, double share);
