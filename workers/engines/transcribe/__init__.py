"""Amazon Transcribe, by batch jobs: a recording in S3 in, a transcript in S3 out.

https://docs.aws.amazon.com/transcribe/latest/APIReference/API_StartTranscriptionJob.html
"""
