using Crowsnest.Azure.Channels;
using Crowsnest.Core.Alerting;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Crowsnest.Azure.Mail;

/// <summary>Writes mails as <c>.eml</c> files. The name follows from the message id, so that a mail sent twice is one file.</summary>
public sealed class PickupFolderTransport(IOptions<MailOptions> options, TimeProvider clock) : IMailTransport
{
    public bool MayRepeat => true;

    public bool ShowsPictures => true;

    public async Task<Delivery> SendAsync(AlertMail mail, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(options.Value.PickupFolder);
            string name = string.Concat(mail.MessageId.Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
            string path = Path.Combine(options.Value.PickupFolder, name + ".eml");
            using MimeMessage message = MailComposer.Compose(mail, options.Value, clock.GetUtcNow());
            string unfinished = $"{path}.{Guid.NewGuid():N}.tmp";
            await using (FileStream file = File.Create(unfinished))
            {
                await message.WriteToAsync(file, cancellationToken);
            }

            File.Move(unfinished, path, overwrite: true);
            return new Delivery(DeliveryOutcome.Accepted, path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new Delivery(DeliveryOutcome.Temporary, fault.Message);
        }
    }
}
